with concordance as (

    select * from {{ ref('concordance') }}

),

final as (

    select
        cast(panel as string) as panel,
        cast(variable as string) as variable,
        cast(instance as string) as instance,
        cast(instrument_version as string) as instrument_version,
        cast(wave_first as string) as wave_first,
        cast(wave_last as string) as wave_last,
        cast(contract as string) as contract,
        cast(sources as string) as sources,
        cast(transform as string) as transform,
        cast(comparability as string) as comparability,
        cast(note_en as string) as note_en,
        cast(note_zh as string) as note_zh,
        cast(break_kind as string) as break_kind,
        cast(break_note_en as string) as break_note_en,
        cast(break_note_zh as string) as break_note_zh
    from concordance

)

select * from final
