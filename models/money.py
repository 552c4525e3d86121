"""What is an amount? A decimal with an ISO 4217 code, stored as a whole number of ten-thousandths.

Ten-thousandths whatever the currency, so that amounts sort and compare by what they say on every database.
"""

from dataclasses import dataclass
from decimal import Decimal

from models.enums import ErrorCode
from models.errors import refuse

SCALE = 10_000
LIMIT = Decimal(10) ** 14

# ISO 4217: the active currencies, by the number of decimals they allow.
_DECIMALS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: """AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF
          CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD
          HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK
          MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD
          RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS
          UAH USD UYU UZS VES WST XCD YER ZAR ZMW ZWG""",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
DECIMALS = {code: places for places, codes in _DECIMALS.items() for code in codes.split()}


@dataclass(frozen=True, slots=True)
class Money:
    amount: Decimal
    currency: str

    @classmethod
    def checked(cls, amount: Decimal, currency: str, *field: str) -> "Money":
        """Money as a client gave it.

        Raises:
            Refused: INVALID for an unknown currency, a negative or too large amount, too many decimals.
        """
        places = DECIMALS.get(currency)
        if places is None:
            raise refuse(
                ErrorCode.INVALID, "is not a currency code of ISO 4217", *field, "currency"
            )
        if not amount.is_finite() or amount < 0 or amount >= LIMIT:
            raise refuse(
                ErrorCode.INVALID, f"must be from 0 to less than {LIMIT:f}", *field, "amount"
            )
        if amount != round(amount, places):
            raise refuse(
                ErrorCode.INVALID, f"{currency} has at most {places} decimals", *field, "amount"
            )
        # Adding nothing makes minus zero zero.
        return cls(round(amount, places) + 0, currency)

    @classmethod
    def stored(cls, units: int | None, currency: str | None) -> "Money | None":
        """Money out of its two columns; None when there is none."""
        if units is None or currency is None:
            return None
        return cls(round(Decimal(units) / SCALE, DECIMALS.get(currency, 2)), currency)

    @property
    def units(self) -> int:
        """Ten-thousandths, as stored."""
        return to_units(self.amount)

    def __str__(self) -> str:
        return f"{self.amount:f} {self.currency}"


def to_units(amount: Decimal) -> int:
    return int(amount * SCALE)
