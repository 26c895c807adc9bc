package redact

func frenchTable() table {
	return table{
		digits:    [10]string{"zero", "", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf"},
		plurals:   [10]string{"zeros"},
		teens:     [10]string{"dix", "onze", "douze", "treize", "quatorze", "quinze", "seize", "", "", ""},
		tens:      [10]string{2: "vingt vingts", 3: "trente", 4: "quarante", 5: "cinquante", 6: "soixante", 7: "septante", 8: "octante huitante", 9: "nonante"},
		hundreds:  [10]string{1: "cent cents"},
		thousand:  "mille",
		maybe:     [10]string{1: "un une"},
		and:       "et",
		repeats:   [5]string{2: "double", 3: "triple", 4: "quadruple"},
		article:   "le la",
		vigesimal: true,
		fillers: `euh heu hein ben bon alors tiret espace virgule point puis ensuite et apres suivi oui non ok d accord le la les l c est de du des
			en mon ma votre numero numeros carte voyons attendez attends un instant pardon s il vous plait barre voila bien parfait merci maintenant donc`,
		units: `dollar dollars euro euros centime centimes pour cent million millions heure heures minute minutes jour jours semaine semaines mois
			an ans annee annees fois personnes`,
		months: "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
		ends:   "er e eme ere",
		cues: [cueKinds]string{
			cueCard: `numero de carte, numero de la carte, numero de ma carte, numero de votre carte, numeros de carte, numeros de la carte, seize chiffres,
				16 chiffres, quinze chiffres`,
			cueWord: "carte, cartes, carte bleue",
			cueCode: `code de securite, numero de securite, cryptogramme, cryptogramme visuel, code de verification, trois chiffres, 3 chiffres,
				trois chiffres au dos, trois derniers chiffres, code au dos, code secret, code confidentiel, pin`,
			cueExpiry: "expir*, date d expiration, date de validite, validite, valable jusqu, fin de validite",
			cueBank:   "numero de compte, compte bancaire, compte courant, iban, rib, numero du compte",
			cueRoute:  "code banque, code guichet, numero de transit",
			cueID: `securite sociale, numero de securite sociale, numero de secu, insee, carte d identite, numero d identite, passeport,
				permis de conduire, numero fiscal, numero d assurance sociale, assurance sociale`,
			cueOther: `telephone, numero de telephone, portable, mobile, code postal, montant, solde, facture, commande, reference, confirmation,
				date de naissance, ne le, nee le, adresse, rue, numero client, numero de client, compteur, police`,
		},
	}
}

func germanTable() table {
	return table{
		digits:    [10]string{"null", "eins", "zwei zwo", "drei", "vier", "funf fuenf", "sechs", "sieben", "acht", "neun"},
		plurals:   [10]string{"nullen", "einsen", "zweien", "dreien", "vieren", "funfen", "sechsen", "", "achten", "neunen"},
		teens:     [10]string{"zehn", "elf", "zwolf zwoelf", "dreizehn", "vierzehn", "funfzehn fuenfzehn", "sechzehn", "siebzehn", "achtzehn", "neunzehn"},
		tens:      [10]string{2: "zwanzig", 3: "dreissig dreisig", 4: "vierzig", 5: "funfzig fuenfzig", 6: "sechzig", 7: "siebzig", 8: "achtzig", 9: "neunzig"},
		hundreds:  [10]string{1: "hundert"},
		thousand:  "tausend",
		maybe:     [10]string{1: "ein eine"},
		and:       "und",
		repeats:   [5]string{2: "doppel doppelt zweimal", 3: "dreifach dreimal", 4: "vierfach viermal"},
		article:   "die der das",
		unitFirst: true,
		fillers: `ah ahm aehm oh hm tja also strich bindestrich minus leerzeichen komma punkt dann und weiter ja nein ok okay die der das den dem ist es
			von vom in im mein meine meiner ihre ihrer nummer nummern karte moment bitte mal sehen warten sie entschuldigung schragstrich so genau gut
			danke jetzt nochmal`,
		units: `dollar euro euros cent prozent million millionen uhr stunde stunden minute minuten tag tage woche wochen monat monate jahr jahre
			personen franken`,
		months: "januar janner februar marz maerz april mai juni juli august september oktober november dezember",
		ends:   "te ten ter",
		cues: [cueKinds]string{
			cueCard: `kartennummer*, kreditkartennummer*, nummer der karte, nummer meiner karte, nummer ihrer karte, nummer auf der karte, sechzehn ziffern,
				16 ziffern, sechzehn stellen, 16 stellen, kartendaten`,
			cueWord:   "karte, karten, kreditkarte*, girokarte, ec karte",
			cueCode:   `sicherheitscode, sicherheitsnummer, prufnummer, pruefnummer, prufziffer*, kartenprufnummer, drei ziffern, 3 ziffern, drei stellen, pin, geheimzahl`,
			cueExpiry: "ablaufdatum, lauft ab, laeuft ab, gultig bis, gueltig bis, gultigkeit*, verfallsdatum, ablauf",
			cueBank:   "kontonummer, bankkonto, iban, girokonto, konto nummer",
			cueRoute:  "bankleitzahl, blz",
			cueID: `sozialversicherungsnummer, steuernummer, steuer id, steueridentifikationsnummer, ausweisnummer, personalausweis*, ausweis, reisepass,
				reisepassnummer, fuhrerschein*, fuehrerschein*, versichertennummer, rentenversicherungsnummer`,
			cueOther: `telefon, telefonnummer, handy, handynummer, mobilnummer, postleitzahl, plz, betrag, saldo, rechnung, rechnungsnummer, bestellung,
				bestellnummer, referenz, vorgangsnummer, geburtsdatum, geboren, adresse, strasse, hausnummer, kundennummer, zahler, zahlernummer,
				police, vorwahl`,
		},
	}
}
