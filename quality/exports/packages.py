"""Frictionless Data Package, schema.org Dataset and Croissant: the export for machines that look for data.

Belongs here: an export → these three documents. Does not: the codebook of a survey archive (ddi), the crate (crate). Each says
SIMULATED where data are, version, fingerprint, terms and language.
"""

from __future__ import annotations

from typing import Any

from data.fingerprint import ALGORITHM as FINGERPRINT
from quality.exports.dataset import MEDIA, TONGUES, Dataset, TableFile
from quality.exports.layout import Field

SIMULATED_WORD = "SIMULATED"
CROISSANT = "http://mlcommons.org/croissant/1.0"
NOT_OPEN = "other-closed"
"""What the Open Definition's list of licences, whose ids a Data Package must use, calls terms that are not open."""

FRICTIONLESS = {"string": "string", "integer": "integer", "number": "number", "boolean": "boolean", "date": "date"}
CROISSANT_TYPES = {
    "string": "sc:Text",
    "integer": "sc:Integer",
    "number": "sc:Float",
    "boolean": "sc:Boolean",
    "date": "sc:Date",
    "timestamp": "sc:DateTime",
}
CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
"""The JSON-LD context that the Croissant specification prescribes."""


def data_package(dataset: Dataset) -> dict[str, Any]:
    """Return `datapackage.json`: Frictionless Data Package 1, the schema of each table with its codes."""
    return {
        "profile": "data-package" if dataset.format != "csv" else "tabular-data-package",
        "name": dataset.release.release_id.lower(),
        "id": dataset.release.release_id,
        "title": dataset.say(dataset.title),
        "description": dataset.say(dataset.about),
        "version": dataset.release.release_id,
        "created": dataset.release.built_at,
        "licenses": [{"name": NOT_OPEN, "title": dataset.say(dataset.terms)}],
        "contributors": [{"title": dataset.say(dataset.provider), "role": "publisher"}],
        "languages": [TONGUES[dataset.language]],
        "keywords": [*([SIMULATED_WORD] if dataset.release.simulated else []), "panel"],
        "simulated": dataset.release.simulated,
        "resources": [_resource(dataset, table) for table in dataset.tables],
    }


def _resource(dataset: Dataset, table: TableFile) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": table.sheet.name,
        "path": table.file,
        "title": dataset.say(table.sheet.title),
        "description": dataset.say(table.sheet.about),
        "format": dataset.format,
        "mediatype": MEDIA[dataset.format],
        "bytes": table.bytes,
        "hash": f"sha256:{table.sha256}",
        "fingerprint": f"{FINGERPRINT}:{table.sheet.fingerprint}",
    }
    if dataset.format != "csv":
        return {**found, "x-schema": _schema(dataset, table)}
    return {
        **found,
        "profile": "tabular-data-resource",
        "encoding": "utf-8",  # a registered name, as the specification asks; the mark at the file's begin is UTF-8's own
        "dialect": {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"'},
        "schema": _schema(dataset, table),
    }


def _schema(dataset: Dataset, table: TableFile) -> dict[str, Any]:
    return {
        "fields": [_field(dataset, item) for item in table.fields],
        "primaryKey": list(table.sheet.key),
        "missingValues": [""],
    }


def _field(dataset: Dataset, item: Field) -> dict[str, Any]:
    variable = item.variable
    found: dict[str, Any] = {
        "name": item.name,
        "type": FRICTIONLESS.get(variable.kind, "datetime"),
        "title": dataset.say(variable.heading),
        "description": variable.description,
        "grade": variable.grade,
    }
    if variable.kind == "boolean":
        found |= {"trueValues": ["true"], "falseValues": ["false"]}
    if variable.kind == "timestamp":
        found["format"] = "%Y-%m-%dT%H:%M:%S.%fZ"
    if variable.codes:
        found["codes"] = {code: text.model_dump() for code, text in variable.codes.items()}
    if item.missing:
        found["missingCodes"] = {str(status): code for status, code in item.missing.items()}
    return found


def schema_org(dataset: Dataset) -> dict[str, Any]:
    """Return `dataset.jsonld`: a schema.org Dataset, for catalogues and search engines."""
    return {"@context": "https://schema.org/", **_described(dataset), "distribution": _downloads(dataset)}


def _described(dataset: Dataset) -> dict[str, Any]:
    return {
        "@type": "Dataset",
        "@id": f"urn:zonelab:{dataset.release.release_id}",
        "identifier": dataset.release.release_id,
        "name": dataset.say(dataset.title),
        "alternateName": dataset.title.zh if dataset.language == "en" else dataset.title.en,
        "description": dataset.say(dataset.about),
        "version": dataset.release.release_id,
        "datePublished": dataset.release.built_at[:10],
        "inLanguage": TONGUES[dataset.language],
        "creator": {"@type": "Organization", "name": dataset.say(dataset.provider)},
        "license": {"@type": "CreativeWork", "name": dataset.say(dataset.terms)},
        "conditionsOfAccess": dataset.say(dataset.terms),
        "isAccessibleForFree": False,
        "keywords": [*([SIMULATED_WORD] if dataset.release.simulated else []), "panel"],
        "creditText": dataset.citation,
        "variableMeasured": [
            {
                "@type": "PropertyValue",
                "name": item.name,
                "description": dataset.say(item.variable.heading),
                **({"unitText": item.variable.unit} if item.variable.unit else {}),
            }
            for table in dataset.tables
            for item in table.fields
        ],
    }


def _downloads(dataset: Dataset) -> list[dict[str, Any]]:
    return [
        {
            "@type": "DataDownload",
            "name": table.sheet.name,
            "contentUrl": table.file,
            "encodingFormat": MEDIA[dataset.format],
            "contentSize": f"{table.bytes} B",
            "sha256": table.sha256,
            "identifier": f"{FINGERPRINT}:{table.sheet.fingerprint}",
        }
        for table in dataset.tables
    ]


def croissant(dataset: Dataset) -> dict[str, Any]:
    """Return `croissant.json`: Croissant 1.0. Records are described where its readers know the format: CSV and Parquet."""
    readable = dataset.format in ("csv", "parquet")
    return {
        "@context": {**CONTEXT, "@language": TONGUES[dataset.language]},
        "@type": "sc:Dataset",
        "conformsTo": CROISSANT,
        "name": dataset.release.release_id,
        "alternateName": dataset.say(dataset.title),
        "description": dataset.say(dataset.about),
        "version": "1.0.0",
        "url": f"urn:zonelab:{dataset.release.release_id}",
        "license": {"@type": "sc:CreativeWork", "name": dataset.say(dataset.terms)},
        "citeAs": dataset.citation,
        "datePublished": dataset.release.built_at[:10],
        "inLanguage": TONGUES[dataset.language],
        "creator": {"@type": "sc:Organization", "name": dataset.say(dataset.provider)},
        "publisher": {"@type": "sc:Organization", "name": dataset.say(dataset.provider)},
        "keywords": [*([SIMULATED_WORD] if dataset.release.simulated else []), "panel"],
        "isLiveDataset": False,
        "distribution": [_file_object(dataset, table) for table in dataset.tables],
        "recordSet": [_record_set(dataset, table) for table in dataset.tables if readable],
    }


def _file_object(dataset: Dataset, table: TableFile) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": table.file,
        "name": table.file,
        "description": f"{dataset.say(table.sheet.title)}; {FINGERPRINT}:{table.sheet.fingerprint}",
        "contentUrl": table.file,
        "contentSize": f"{table.bytes} B",
        "encodingFormat": "application/x-parquet" if dataset.format == "parquet" else MEDIA[dataset.format],
        "sha256": table.sha256,
    }


def _record_set(dataset: Dataset, table: TableFile) -> dict[str, Any]:
    name = table.sheet.name
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "description": dataset.say(table.sheet.title),
        "key": [{"@id": f"{name}/{part}"} for part in table.sheet.key],
        "field": [
            {
                "@type": "cr:Field",
                "@id": f"{name}/{item.name}",
                "name": item.name,
                "description": dataset.say(item.variable.heading),
                "dataType": CROISSANT_TYPES[item.variable.kind],
                "source": {"fileObject": {"@id": table.file}, "extract": {"column": item.name}},
            }
            for item in table.fields
        ],
    }
