#!/bin/sh
# `curl -N`: resumes with Last-Event-ID. Prints the id of each event.
last=0
while :; do
    curl -sN -H "Authorization: Bearer $2" -H "Last-Event-ID: $last" \
        "$1/api/updates/real-time?topic=trade" >"$3/curl.pipe" &
    event=
    while IFS= read -r line; do
        case $line in
        'event: '*) event=${line#event: } ;;
        'id: '*)
            last=${line#id: }
            [ -n "$event" ] || echo "$last"
            ;;
        '') event= ;;
        esac
    done <"$3/curl.pipe"
    wait
    sleep 0.1
done
