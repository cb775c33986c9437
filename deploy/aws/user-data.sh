#!/usr/bin/env bash
# The first start of an EC2 instance (Debian 12): the data volume is mounted, itn and Caddy are installed.
# Runs again without harm. Fill in the four values; see docs/deploying.md.
set -euo pipefail

PACKAGE_URL=${PACKAGE_URL:-https://example-bucket.s3.amazonaws.com/itn-0.1.0-x86_64.tar.gz}
PACKAGE_SHA256=${PACKAGE_SHA256:-0000000000000000000000000000000000000000000000000000000000000000}
# The name that leads to the instance's address.
NAME=${NAME:-itn.example.com}
# As `aws ec2 create-volume` said.
VOLUME=${VOLUME:-vol-0123456789abcdef0}

# The volume's device: its name is given by its identifier, whatever the order it was attached in.
device() {
    local path=/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_${VOLUME/-/}
    for _ in $(seq 120); do
        if [[ -e $path ]]; then
            readlink -f "$path"
            return 0
        fi
        sleep 1
    done
    echo "the volume $VOLUME is not attached" >&2
    return 1
}

# Mounts the volume. One that holds anything is never formatted.
mount_volume() {
    local device=$1 folder=$2 status=0 uuid
    mkdir -p "$folder"
    if mountpoint -q "$folder"; then
        return 0
    fi
    # 2: nothing was found on it. Any other failure is a reason to stop.
    blkid --probe "$device" >/dev/null || status=$?
    if ((status == 2)); then
        mkfs.ext4 -q -L itn "$device"
    elif ((status != 0)); then
        echo "what is on $device cannot be told" >&2
        return 1
    fi
    uuid=$(blkid --probe --match-tag UUID --output value "$device")
    if ! grep -q "UUID=$uuid" "${FSTAB:-/etc/fstab}"; then
        echo "UUID=$uuid $folder ext4 defaults,nofail,x-systemd.device-timeout=120 0 2" >>"${FSTAB:-/etc/fstab}"
    fi
    mount "$folder"
}

install_itn() {
    local work
    work=$(mktemp -d)
    curl -fsSL --retry 5 -o "$work/itn.tar.gz" "$PACKAGE_URL"
    echo "$PACKAGE_SHA256  $work/itn.tar.gz" | sha256sum --check --quiet
    tar -C "$work" --strip-components=1 -xzf "$work/itn.tar.gz"
    # Caddy is on the same machine: without this all clients were one.
    "$work/install" --proxy 127.0.0.1
    # The proxy's files, and the name that it answers to.
    install -m 644 "$work/itn.caddy" "$work/Caddyfile" /etc/caddy/
    mkdir -p /etc/systemd/system/caddy.service.d
    printf '[Service]\nEnvironment=ITN_NAME=%s\n' "$NAME" >/etc/systemd/system/caddy.service.d/itn.conf
    systemctl daemon-reload
    systemctl restart caddy
    rm -rf "$work"
}

main() {
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q
    apt-get install -qy --no-install-recommends ca-certificates curl caddy
    mount_volume "$(device)" /var/lib/itn
    install_itn
}

# A test sources this file to run its parts.
if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
    main
fi
