-- One row per person and wave of whom an exposure log exists: the epoch that the person had reached on the day of
-- reference, and since when a system had been offered and used. Epoch 0 is a person whom the log follows and to whom
-- nothing had been offered yet.
with placed as (

    select * from {{ ref('int_persons_placed') }}

),

units as (

    select * from {{ ref('int_units_exposed') }}
    where unit_type = 'person'

),

epochs as (

    select * from {{ ref('int_exposure_epochs_numbered') }}
    where unit_type = 'person'

),

reached as (

    select
        placed.zone_id,
        placed.person_id,
        placed.wave,
        max(epochs.epoch_number) as ai_epoch
    from placed
    inner join epochs
        on
            placed.zone_id = epochs.zone_id
            and placed.person_id = epochs.unit_id
            and placed.reference_date >= epochs.met_date
    group by placed.zone_id, placed.person_id, placed.wave

),

final as (

    select
        placed.zone_id,
        placed.person_id,
        placed.wave,
        coalesce(reached.ai_epoch, 0) as ai_epoch,
        units.first_offered_date,
        units.first_used_date
    from placed
    inner join units
        on
            placed.zone_id = units.zone_id
            and placed.person_id = units.unit_id
    left join reached
        on
            placed.zone_id = reached.zone_id
            and placed.person_id = reached.person_id
            and placed.wave = reached.wave

)

select * from final
