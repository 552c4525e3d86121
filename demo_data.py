"""Whom and what does the demo show? The tables behind its story; every name is invented."""

from typing import NamedTuple

from models.enums import LeadStatus, ParticipantRole, UserRole

DECISION_MAKER = ParticipantRole.DECISION_MAKER
EVALUATOR = ParticipantRole.EVALUATOR
INFLUENCER = ParticipantRole.INFLUENCER
ADVISER = ParticipantRole.ADVISER
CHAMPION = ParticipantRole.CHAMPION
END_USER = ParticipantRole.END_USER
OTHER = ParticipantRole.OTHER

# First the admin, whose address founds the organisation.
ACME_USERS = (
    ("alice@acme.example", "Alice Martin", UserRole.ADMIN),
    ("bob@acme.example", "Bob Fischer", UserRole.MEMBER),
    ("carol@acme.example", "Carol Jensen", UserRole.MEMBER),
    ("dave@acme.example", "Dave Osei", UserRole.VIEWER),
)
GLOBEX_USERS = (
    ("eve@globex.example", "Eve Sandoval", UserRole.ADMIN),
    ("frank@globex.example", "Frank Müller", UserRole.MEMBER),
)

# Company: its people, with their job title and the part that they take in a deal.
Companies = dict[str, tuple[tuple[str, str, ParticipantRole], ...]]

ACME_CONTACTS: Companies = {
    "Meridian": (
        ("Paula Moreau", "Head of purchasing", INFLUENCER),
        ("Claire Fontaine", "CFO", DECISION_MAKER),
        ("Ivan Petrov", "Head of IT", EVALUATOR),
        ("Sofia Lindqvist", "General counsel", ADVISER),
    ),
    "Northwind": (
        ("Henrik Olsen", "Purchasing manager", INFLUENCER),
        ("Amina Diallo", "Operations director", DECISION_MAKER),
        ("Tomasz Zieliński", "IT manager", EVALUATOR),
        ("Laura Bianchi", "Plant manager", END_USER),
    ),
    "Kestrel": (
        ("Marcus Webb", "COO", DECISION_MAKER),
        ("Ingrid Haugen", "Fleet manager", END_USER),
        ("Diego Navarro", "Head of IT", EVALUATOR),
        ("Yuki Tanaka", "Process engineer", CHAMPION),
    ),
    "Halden": (
        ("Nadia Rahman", "Head of procurement", INFLUENCER),
        ("Oliver Brandt", "CFO", DECISION_MAKER),
        ("Camille Laurent", "Quality manager", EVALUATOR),
        ("Jonas Keller", "Laboratory manager", END_USER),
    ),
    "Brightwater": (
        ("Fiona McAllister", "Procurement director", DECISION_MAKER),
        ("Samuel Okafor", "CTO", EVALUATOR),
        ("Luis Ferreira", "Consultant", ADVISER),
        ("Petra Nováková", "Site manager", END_USER),
    ),
    "Vega": (
        ("Anna Kowalska", "CEO", DECISION_MAKER),
        ("Rajesh Iyer", "CTO", CHAMPION),
        ("Mei Chen", "Buyer", INFLUENCER),
        ("Lukas Maier", "Production manager", END_USER),
    ),
    "Orchard": (
        ("Hannah Schmidt", "Head of buying", INFLUENCER),
        ("Emma Johansson", "Finance director", DECISION_MAKER),
        ("Zoe Papadakis", "IT manager", EVALUATOR),
        ("Peter Novotny", "Store operations manager", END_USER),
    ),
    "Cobalt": (
        ("Robert Fraser", "VP supply chain", DECISION_MAKER),
        ("Grace Mwangi", "CFO", DECISION_MAKER),
        ("Matteo Ricci", "Maintenance manager", END_USER),
        ("Chloé Tremblay", "Safety officer", INFLUENCER),
    ),
    "Lumen": (
        ("Isabelle Girard", "Managing director", DECISION_MAKER),
        ("Daniel Cohen", "CTO", EVALUATOR),
        ("Priya Sharma", "Head of production", CHAMPION),
        ("Noah Peeters", "Adviser", ADVISER),
    ),
    "Stonebridge": (
        ("William Hartley", "Procurement director", DECISION_MAKER),
        ("Fatima Alaoui", "CIO", EVALUATOR),
        ("Gregor Steiner", "Security officer", INFLUENCER),
        ("Lucia Moretti", "Branch manager", END_USER),
    ),
    "Tidal": (
        ("Lars Mikkelsen", "Operations director", DECISION_MAKER),
        ("Sunita Patel", "Purchasing manager", INFLUENCER),
        ("Andrei Popescu", "IT manager", EVALUATOR),
        ("Beatriz Costa", "Port captain", END_USER),
    ),
    "Alder": (
        ("Margaret Doyle", "Head of procurement", INFLUENCER),
        ("Karim Haddad", "Medical director", DECISION_MAKER),
        ("Julia Wagner", "CIO", EVALUATOR),
        ("Simon Lefèvre", "Ward manager", END_USER),
    ),
    "Fjord": (
        ("Astrid Berg", "CEO", DECISION_MAKER),
        ("Victor Lindgren", "Network architect", EVALUATOR),
        ("Olga Ivanova", "Buyer", INFLUENCER),
        ("Pieter de Vries", "Adviser", ADVISER),
    ),
    "Summit": (
        ("Nicole Dubois", "Managing director", DECISION_MAKER),
        ("Ethan Brooks", "Head of IT", EVALUATOR),
        ("Rosa Jiménez", "Office manager", OTHER),
        ("Kofi Mensah", "Travel manager", END_USER),
    ),
    "Granite": (
        ("Patrick O'Neill", "Purchasing manager", INFLUENCER),
        ("Helga Sørensen", "Project director", CHAMPION),
        ("Mohammed Bakr", "Site manager", END_USER),
    ),
    "Willow": (
        ("Catherine Morel", "Bursar", DECISION_MAKER),
        ("Adam Nowak", "IT manager", EVALUATOR),
        ("Ruth Goldberg", "Principal", INFLUENCER),
    ),
}
GLOBEX_CONTACTS: Companies = {
    "Aster": (
        ("Elena Vasquez", "Head of purchasing", INFLUENCER),
        ("Hugo Lambert", "CFO", DECISION_MAKER),
        ("Niklas Holm", "IT manager", EVALUATOR),
    ),
    "Borealis": (
        ("Sanna Virtanen", "CEO", DECISION_MAKER),
        ("Omar Farouk", "Technical buyer", EVALUATOR),
        ("Teresa Lopes", "Plant manager", END_USER),
    ),
    "Cypress": (
        ("George Whitman", "Procurement director", DECISION_MAKER),
        ("Leila Karimi", "Engineer", CHAMPION),
        ("Bruno Rossi", "Adviser", ADVISER),
    ),
}
WITHOUT_EMAIL = (
    "Laura Bianchi",
    "Ingrid Haugen",
    "Petra Nováková",
    "Matteo Ricci",
    "Beatriz Costa",
    "Kofi Mensah",
    "Mohammed Bakr",
    "Teresa Lopes",
)
# Left their companies in the course of the story.
ARCHIVED = ("Luis Ferreira", "Rosa Jiménez")

# Companies that do not count in EUR.
CURRENCIES = {"Vega": "USD", "Cobalt": "CAD", "Stonebridge": "GBP", "Cypress": "USD"}
LOST_REASONS = (
    "Went with their present supplier",
    "Budget moved to next year",
    "Our price was a fifth above the next",
    "The project was stopped",
)


class Opportunity(NamedTuple):
    """`stage` is where the story ends, `days` how many from today the close is expected."""

    name: str
    company: str
    owner: str
    stage: str
    amount: int
    days: int


ACME_OPPORTUNITIES = (
    Opportunity("Warehouse scanners for Northwind", "Northwind", "bob", "Negotiation", 48_000, 12),
    Opportunity("Cold chain for Northwind", "Northwind", "carol", "Prospecting", 21_500, 75),
    Opportunity("Northwind support renewal", "Northwind", "bob", "Closed Won", 18_000, -9),
    Opportunity("Fleet tracking for Kestrel", "Kestrel", "carol", "Proposal", 96_000, 34),
    Opportunity("Kestrel driver tablets", "Kestrel", "bob", "Qualification", 31_200, 58),
    Opportunity("Kestrel depot cameras", "Kestrel", "carol", "Closed Lost", 27_400, -21),
    Opportunity("Laboratory archive for Halden", "Halden", "bob", "Proposal", 134_000, 41),
    Opportunity("Halden validation package", "Halden", "alice", "Negotiation", 72_500, 17),
    Opportunity("Halden training days", "Halden", "carol", "Closed Won", 9_600, -30),
    Opportunity("Turbines for Brightwater", "Brightwater", "bob", "Negotiation", 210_000, 25),
    Opportunity("Brightwater field app", "Brightwater", "carol", "Qualification", 44_000, 63),
    Opportunity("Brightwater metering pilot", "Brightwater", "bob", "Prospecting", 15_000, 90),
    Opportunity("Assembly line for Vega", "Vega", "alice", "Proposal", 320_000, 48),
    Opportunity("Vega spare parts contract", "Vega", "bob", "Closed Won", 54_000, -14),
    Opportunity("Vega machine vision", "Vega", "carol", "Prospecting", 88_000, 110),
    Opportunity("Checkout upgrade for Orchard", "Orchard", "carol", "Negotiation", 67_300, 9),
    Opportunity("Orchard loyalty cards", "Orchard", "bob", "Qualification", 23_900, 52),
    Opportunity("Orchard signage", "Orchard", "carol", "Closed Lost", 12_700, -40),
    Opportunity("Haul road radios for Cobalt", "Cobalt", "bob", "Proposal", 158_000, 37),
    Opportunity("Cobalt safety wearables", "Cobalt", "carol", "Qualification", 61_000, 70),
    Opportunity("Cobalt maintenance planner", "Cobalt", "bob", "Prospecting", 39_500, 95),
    Opportunity("Editing suites for Lumen", "Lumen", "carol", "Closed Won", 83_200, -5),
    Opportunity("Lumen storage extension", "Lumen", "bob", "Proposal", 47_800, 29),
    Opportunity("Lumen studio two", "Lumen", "alice", "Prospecting", 145_000, 120),
    Opportunity("Terminals for Stonebridge", "Stonebridge", "bob", "Negotiation", 275_000, 20),
    Opportunity("Stonebridge door locks", "Stonebridge", "carol", "Qualification", 92_000, 66),
    Opportunity("Stonebridge cash desks", "Stonebridge", "bob", "Closed Lost", 118_000, -18),
    Opportunity("Container tags for Tidal", "Tidal", "carol", "Proposal", 104_000, 44),
    Opportunity("Tidal crew planning", "Tidal", "bob", "Prospecting", 36_000, 85),
    Opportunity("Tidal port office", "Tidal", "carol", "Closed Won", 19_900, -26),
    Opportunity("Bed management for Alder", "Alder", "bob", "Qualification", 128_000, 61),
    Opportunity("Alder nurse call", "Alder", "carol", "Negotiation", 76_400, 15),
    Opportunity("Alder pharmacy stock", "Alder", "bob", "Prospecting", 33_300, 100),
    Opportunity("Mast inspection for Fjord", "Fjord", "carol", "Proposal", 59_000, 39),
    Opportunity("Fjord shop refit", "Fjord", "bob", "Qualification", 41_700, 54),
    Opportunity("Fjord call centre", "Fjord", "carol", "Closed Lost", 87_000, -33),
    Opportunity("Booking desk for Summit", "Summit", "bob", "Proposal", 28_600, 31),
    Opportunity("Summit mobile app", "Summit", "carol", "Prospecting", 52_000, 92),
    Opportunity("Summit insurance link", "Summit", "bob", "Closed Won", 11_400, -12),
    Opportunity("Site offices for Granite", "Granite", "carol", "Qualification", 37_000, 57),
    Opportunity("Granite tool tracking", "Granite", "bob", "Prospecting", 24_800, 80),
    Opportunity("Classroom tablets for Willow", "Willow", "carol", "Negotiation", 45_500, 22),
    Opportunity("Willow library desk", "Willow", "bob", "Prospecting", 8_900, 88),
)
GLOBEX_OPPORTUNITIES = (
    Opportunity("Control room for Aster", "Aster", "frank", "Negotiation", 180_000, 19),
    Opportunity("Aster cabling", "Aster", "frank", "Proposal", 42_000, 33),
    Opportunity("Aster service plan", "Aster", "eve", "Closed Won", 26_500, -7),
    Opportunity("Aster spare drives", "Aster", "frank", "Prospecting", 9_800, 70),
    Opportunity("Heat pumps for Borealis", "Borealis", "frank", "Qualification", 95_000, 60),
    Opportunity("Borealis insulation", "Borealis", "eve", "Proposal", 71_000, 45),
    Opportunity("Borealis metering", "Borealis", "frank", "Prospecting", 18_200, 84),
    Opportunity("Borealis greenhouse", "Borealis", "frank", "Closed Lost", 133_000, -16),
    Opportunity("Sawmill for Cypress", "Cypress", "frank", "Proposal", 240_000, 50),
    Opportunity("Cypress dust extraction", "Cypress", "eve", "Qualification", 57_000, 65),
    Opportunity("Cypress yard lighting", "Cypress", "frank", "Closed Won", 14_300, -22),
)


class Lead(NamedTuple):
    name: str
    company: str
    source: str
    owner: str
    status: LeadStatus


ACME_LEADS = (
    Lead("Parcel lockers", "Quill Post", "Trade fair", "bob", LeadStatus.NEW),
    Lead("Museum audio guides", "Harbour Museum", "Website", "carol", LeadStatus.NEW),
    Lead("Vineyard weather stations", "Domaine Arnaud", "Referral", "bob", LeadStatus.NEW),
    Lead("Second site at Granite", "Granite", "Existing customer", "carol", LeadStatus.NEW),
    Lead("Ticket gates", "Lakeside Ferries", "Cold call", "alice", LeadStatus.NEW),
    Lead("Bakery ovens online", "Pain & Co", "Website", "bob", LeadStatus.CONTACTED),
    Lead("Gym access", "Northside Sports", "Trade fair", "carol", LeadStatus.CONTACTED),
    Lead("Willow sports hall", "Willow", "Existing customer", "bob", LeadStatus.CONTACTED),
    Lead("Hotel door locks", "Grand Hotel Ostend", "Referral", "carol", LeadStatus.CONTACTED),
    Lead("Print shop workflow", "Letterpress Union", "Newsletter", "bob", LeadStatus.CONTACTED),
    Lead("Bus depot charging", "Metro Transit", "Tender portal", "bob", LeadStatus.QUALIFIED),
    Lead("Vega night shift", "Vega", "Existing customer", "carol", LeadStatus.QUALIFIED),
    Lead("Dairy traceability", "Alpine Dairy", "Trade fair", "alice", LeadStatus.QUALIFIED),
    Lead("Student project", "Coastal University", "Website", "carol", LeadStatus.UNQUALIFIED),
    Lead("Reseller enquiry", "Bargain Parts", "Cold call", "bob", LeadStatus.UNQUALIFIED),
)
GLOBEX_LEADS = (
    Lead("Brewery cooling", "Old Mill Brewery", "Referral", "frank", LeadStatus.NEW),
    Lead("Aster second plant", "Aster", "Existing customer", "eve", LeadStatus.CONTACTED),
    Lead("Ice rink controls", "Polar Arena", "Trade fair", "frank", LeadStatus.QUALIFIED),
)
