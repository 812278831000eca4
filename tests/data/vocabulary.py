"""What schema.org has of the types used here: what each is a kind of, the properties of each, those that are required.

schema.org itself requires none. What is required are the properties that Google asks for before it shows a type, and
for the types that it does not show, those without which a node says nothing.
"""

KINDS = {
    "CreativeWork": ["Thing"],
    "BreadcrumbList": ["Thing"],
    "Claim": ["CreativeWork"],
    "ClaimReview": ["CreativeWork"],
    "Country": ["Place"],
    "DataCatalog": ["CreativeWork"],
    "DataDownload": ["CreativeWork"],
    "Dataset": ["CreativeWork"],
    "EntryPoint": ["Thing"],
    "Event": ["Thing"],
    "GovernmentOrganization": ["Organization"],
    "ListItem": ["Thing"],
    "NewsArticle": ["CreativeWork"],
    "Organization": ["Thing"],
    "OrganizationRole": ["Thing"],
    "Place": ["Thing"],
    "Question": ["CreativeWork"],
    "Rating": ["Thing"],
    "SearchAction": ["Thing"],
    "WebSite": ["CreativeWork"],
    "Thing": [],
}

PROPERTIES = {
    "Thing": {
        *("name", "alternateName", "description", "identifier", "url", "subjectOf", "mainEntityOfPage"),
        "potentialAction",
    },
    "CreativeWork": {
        *("author", "citation", "creator", "datePublished", "headline", "inLanguage", "isAccessibleForFree"),
        *("isPartOf", "license", "publisher", "temporalCoverage", "text"),
    },
    "BreadcrumbList": {"itemListElement"},
    "Claim": {"appearance"},
    "ClaimReview": {"claimReviewed", "itemReviewed", "reviewAspect", "reviewBody", "reviewRating"},
    "DataDownload": {"contentUrl", "encodingFormat"},
    "Dataset": {"distribution", "includedInDataCatalog"},
    "EntryPoint": {"urlTemplate"},
    "Event": {"attendee", "endDate", "location", "startDate"},
    "ListItem": {"item", "position"},
    "Organization": {"member", "memberOf"},
    "OrganizationRole": {"member", "memberOf", "roleName"},
    "Place": {"address"},
    "Rating": {"bestRating", "ratingExplanation", "ratingValue", "reviewAspect", "worstRating"},
    "SearchAction": {"query-input", "target"},
}

REQUIRED = {
    "BreadcrumbList": {"itemListElement"},
    "Claim": {"name", "text", "author", "datePublished"},
    "ClaimReview": {"claimReviewed", "reviewRating", "url", "author", "itemReviewed"},
    "Country": {"name"},
    "DataCatalog": {"url"},
    "DataDownload": {"contentUrl", "encodingFormat"},
    "Dataset": {"name", "description"},
    "EntryPoint": {"urlTemplate"},
    "Event": {"name", "startDate", "location"},
    "GovernmentOrganization": {"name"},
    "ListItem": {"item", "name", "position"},
    "NewsArticle": {"headline"},
    "Organization": {"name"},
    "OrganizationRole": {"description"},
    "Place": {"name", "address"},
    "Question": {"name"},
    "Rating": {"alternateName", "ratingExplanation"},
    "SearchAction": {"query-input", "target"},
    "WebSite": {"name", "url"},
}


def properties(kind):
    """Return all the properties that a node of type `kind` may have."""
    found = set(PROPERTIES.get(kind, ()))
    for above in KINDS[kind]:
        found |= properties(above)
    return found
