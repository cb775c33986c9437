-- The same trade as a Postgres function: one call, one transaction, with the same guarantees as far
-- as one trade goes (an idempotency key, no overselling, no overspending). Indexes are the primary
-- keys and the key's alone; rows have room to be updated in place. Both favour Postgres.

CREATE TABLE balances (
    party integer PRIMARY KEY,
    credits bigint NOT NULL CHECK (credits >= 0)
) WITH (fillfactor = 70);

CREATE TABLE stock (
    station integer,
    commodity integer,
    owner integer,
    on_hand bigint NOT NULL CHECK (on_hand >= 0),
    PRIMARY KEY (station, commodity, owner)
) WITH (fillfactor = 70);

CREATE TABLE trades (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key bytea NOT NULL UNIQUE,
    fingerprint bigint NOT NULL,
    station integer NOT NULL,
    buyer integer NOT NULL,
    seller integer NOT NULL,
    commodity integer NOT NULL,
    quantity bigint NOT NULL,
    unit_price bigint NOT NULL,
    recorded_at timestamptz NOT NULL
);

CREATE FUNCTION trade(
    p_key bytea, p_fingerprint bigint, p_station integer, p_buyer integer, p_seller integer,
    p_commodity integer, p_quantity bigint, p_unit_price bigint,
    OUT id bigint, OUT recorded_micros bigint
) LANGUAGE plpgsql AS $$
DECLARE
    p_total CONSTANT bigint := p_quantity * p_unit_price;
    p_at CONSTANT timestamptz := clock_timestamp();
BEGIN
    recorded_micros := (extract(epoch FROM p_at) * 1000000)::bigint;
    INSERT INTO trades (key, fingerprint, station, buyer, seller, commodity, quantity, unit_price,
                        recorded_at)
        VALUES (p_key, p_fingerprint, p_station, p_buyer, p_seller, p_commodity, p_quantity,
                p_unit_price, p_at)
        ON CONFLICT (key) DO NOTHING
        RETURNING trades.id INTO id;
    IF id IS NULL THEN
        SELECT t.id, (extract(epoch FROM t.recorded_at) * 1000000)::bigint
            INTO STRICT id, recorded_micros
            FROM trades t WHERE t.key = p_key AND t.fingerprint = p_fingerprint;
        RETURN;
    END IF;
    -- Always the lower party first, so that two trades never wait for each other in a circle.
    IF p_buyer < p_seller THEN
        UPDATE balances SET credits = credits - p_total WHERE party = p_buyer;
        UPDATE balances SET credits = credits + p_total WHERE party = p_seller;
        PERFORM move_stock(p_station, p_commodity, p_buyer, p_quantity);
        PERFORM move_stock(p_station, p_commodity, p_seller, -p_quantity);
    ELSE
        UPDATE balances SET credits = credits + p_total WHERE party = p_seller;
        UPDATE balances SET credits = credits - p_total WHERE party = p_buyer;
        PERFORM move_stock(p_station, p_commodity, p_seller, -p_quantity);
        PERFORM move_stock(p_station, p_commodity, p_buyer, p_quantity);
    END IF;
END $$;

CREATE FUNCTION move_stock(
    p_station integer, p_commodity integer, p_owner integer, p_change bigint
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE stock SET on_hand = on_hand + p_change
        WHERE station = p_station AND commodity = p_commodity AND owner = p_owner;
    IF NOT FOUND THEN
        INSERT INTO stock VALUES (p_station, p_commodity, p_owner, p_change);
    END IF;
END $$;
