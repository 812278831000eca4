import pytest, re, json
from commitments.models import Citation
def test_look(client, full_site):
    for p in ["/","/en/","/engagements/","/engagements/EX-AB-2025-01/","/engagements/AES-RU-2025-04/","/en/rencontres/moscou-2025-04/","/instruments/relations-session-2025-04-03/","/sources/A004/","/sources/A000/","/sources/EX1/","/parties/RU/","/parties/AES/","/divergences/AES-RU-D01/","/secteurs/securite/"]:
        r=client.get(p); 
        m=re.search(r'<script type="application/ld\+json">(.*?)</script>', r.content.decode())
        print(p, len(m[1]) if m else None); 
        print(json.dumps(json.loads(m[1]), ensure_ascii=False, indent=1))
    for p in ["/data/catalog.jsonld","/robots.txt","/sitemap.xml","/plan-du-site/parties.xml","/.well-known/security.txt",f"/api/v1/citations/{Citation.objects.first().uid}/annotation", "/api/v1/citations/x/annotation?as_of=x", "/api/v1/citations/x/annotation", "/data/catalog.jsonld?as_of=2099-01-01"]:
        r=client.get(p); print(p, r.status_code, r.headers); 
        t=r.content.decode()
        if "json" in r["Content-Type"]: t=json.dumps(json.loads(t), ensure_ascii=False, indent=1)
        print(t[:6000])
    r=client.options("/api/v1/citations/x/annotation"); print(r.status_code, r.headers)
    r=client.post("/api/v1/citations/x/annotation"); print(r.status_code, r.headers, r.content)
