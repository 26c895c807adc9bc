package redact

func englishTable() table {
	return table{
		digits:   [10]string{"zero nought naught nil zip", "one", "two", "three", "four", "five fife", "six", "seven", "eight", "nine niner"},
		plurals:  [10]string{"zeros zeroes ohs", "ones", "twos", "threes", "fours", "fives", "sixes", "sevens", "eights", "nines"},
		teens:    [10]string{"ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"},
		tens:     [10]string{2: "twenty", 3: "thirty", 4: "forty fourty", 5: "fifty", 6: "sixty", 7: "seventy", 8: "eighty", 9: "ninety"},
		hundreds: [10]string{1: "hundred"},
		thousand: "thousand",
		maybe:    [10]string{0: "o oh owe ought", 1: "won", 2: "to too", 4: "for fore", 8: "ate"},
		and:      "and",
		repeats:  [5]string{2: "double", 3: "triple treble", 4: "quadruple"},
		article:  "the a",
		fillers: `um uh uhm er erm ah eh hm hmm mm mhm like dash hyphen minus then and space comma dot point period slash stroke next
			ok okay so yes yeah yep no nope right please sorry it its is are was that the a an this let me see hold on wait second sec
			again pause stop number numbers digit digits last first go ahead my i think said mean well now after before by followed
			with plus oh o to too for of in s m re ll here there you know what got continue and's alright great perfect thank thanks`,
		units: `dollar dollars buck bucks cent cents pound pounds quid pence penny pennies euro euros usd eur gbp cad percent
			million millions billion billions clock am pm oclock minute minutes hour hours day days week weeks month months
			year years time times people person kilowatt kilowatts kwh degrees mile miles foot feet inch inches installments payments`,
		months: "january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec",
		ends:   "st nd rd th",
		cues: [cueKinds]string{
			cueCard: `card number, card numbers, card no, card s number, number on the card, number on my card, number of the card, number of my card,
				number on the front, number across the front, card details, sixteen digits, sixteen digit, 16 digits, 16 digit, fifteen digits,
				15 digits, long number, full number, number on your card, number of your card, pan`,
			cueWord: "card, cards, visa, mastercard, master card, amex, american express, discover, maestro, diners, diners club",
			cueCode: `security code, security number, security digits, cvv, cvv2, cvc, cvc2, cid, csc, c v v, c v c, c i d, verification code, verification value,
				card code, three digits on the back, three digit code, three digit number, 3 digit code, 3 digits on the back, 3 digit number,
				three digit security code, 3 digit security code, four digits on the front, 4 digits on the front, four digit code, 4 digit code,
				four digit number on the front, last three digits, last 3 digits, three digits, 3 digits, three numbers on the back, 3 numbers on the back,
				code on the back, number on the back, code on the front, numbers on the back, pin, pin number, pin code, passcode, one time code, signature strip`,
			cueExpiry: `expir*, exp date, exp, valid through, valid thru, valid until, valid till, valid to, good through, good thru, good until`,
			cueBank: `account number, account no, account s number, bank account, checking account, savings account, checking number, iban, acct,
				acct number, bank account number`,
			cueRoute: "routing number, routing, sort code, aba, aba number, transit number, bsb, bank code, swift code",
			cueID: `social security, social security number, ssn, your social, my social, my social security, my social security number, your social security,
				your social security number, tax id, taxpayer id, taxpayer identification, itin,
				national insurance, national insurance number, passport, passport number, driver s license, drivers license, driver license,
				driving licence, driver s licence, national id, identity number, identity card, id number, medicare, medicaid, nhs number`,
			cueOther: `phone, phone number, telephone, telephone number, cell, cell number, cell phone, mobile, mobile number, call me at, reach me,
				number to call, zip code, postal code, post code, postcode, area code, amount, balance, total, invoice, invoice number, order,
				order number, reference, reference number, confirmation, confirmation number, ticket, ticket number, case number, claim number,
				date of birth, birthday, born, address, street, bill, bill number, customer number, member number, meter, meter number, policy,
				policy number, extension, tracking, tracking number, booking number, apartment, unit, flight, room, your zip, my zip`,
		},
	}
}
