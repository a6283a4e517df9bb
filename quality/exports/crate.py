"""RO-Crate 1.1: the folder of an export as one research object, every file in it named with its hash.

Belongs here: an export and its documents → `ro-crate-metadata.json`. Does not: the other documents.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from data.fingerprint import ALGORITHM as FINGERPRINT
from quality.exports.dataset import MEDIA, TONGUES, Dataset

PROFILE = "https://w3id.org/ro/crate/1.1"
TERMS = {"sha256": "http://schema.org/sha256"}
"""What the crate says beyond the profile's own context, which is older than schema.org's word for a hash."""

DOCUMENT_TYPES = {
    "xml": "application/xml",
    "json": "application/json",
    "jsonld": "application/ld+json",
    "csv": "text/csv",
}


def ro_crate(dataset: Dataset, documents: Mapping[str, str]) -> dict[str, Any]:
    """Return the crate's metadata.

    Parameters
    ----------
    dataset
        The export.
    documents
        Names of the files beside the tables → their sha256.
    """
    parts = [*(table.file for table in dataset.tables), *documents]
    return {
        "@context": [f"{PROFILE}/context", TERMS],
        "@graph": [
            {
                "@id": "ro-crate-metadata.json",
                "@type": "CreativeWork",
                "conformsTo": {"@id": PROFILE},
                "about": {"@id": "./"},
            },
            _root(dataset, parts),
            {
                "@id": "#terms",
                "@type": "CreativeWork",
                "name": "Terms of access",
                "description": dataset.say(dataset.terms),
            },
            {"@id": "#provider", "@type": "Organization", "name": dataset.say(dataset.provider)},
            *_tables(dataset),
            *_documents(documents),
        ],
    }


def _root(dataset: Dataset, parts: list[str]) -> dict[str, Any]:
    return {
        "@id": "./",
        "@type": "Dataset",
        "name": dataset.say(dataset.title),
        "description": dataset.say(dataset.about),
        "identifier": dataset.release.release_id,
        "version": dataset.release.release_id,
        "datePublished": dataset.release.built_at[:10],
        "inLanguage": TONGUES[dataset.language],
        "keywords": "SIMULATED" if dataset.release.simulated else "panel",
        "license": {"@id": "#terms"},
        "publisher": {"@id": "#provider"},
        "hasPart": [{"@id": part} for part in parts],
    }


def _tables(dataset: Dataset) -> list[dict[str, Any]]:
    return [
        {
            "@id": table.file,
            "@type": "File",
            "name": dataset.say(table.sheet.title),
            "description": dataset.say(table.sheet.about),
            "encodingFormat": MEDIA[dataset.format],
            "contentSize": str(table.bytes),
            "sha256": table.sha256,
            "identifier": f"{FINGERPRINT}:{table.sheet.fingerprint}",
        }
        for table in dataset.tables
    ]


def _documents(documents: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "@id": name,
            "@type": "File",
            "name": name,
            "encodingFormat": DOCUMENT_TYPES[name.rsplit(".", 1)[-1]],
            "sha256": sha256,
        }
        for name, sha256 in documents.items()
    ]
