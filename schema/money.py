"""How is an amount shown?"""

import strawberry

from schema.scalars import Decimal


@strawberry.type(description="An amount in one currency.")
class Money:
    amount: Decimal = strawberry.field(description="How much, with the decimals of the currency.")
    currency: str = strawberry.field(description="Of which currency, as a code of ISO 4217: `EUR`.")
