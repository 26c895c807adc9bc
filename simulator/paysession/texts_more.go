package paysession

func french() phrases {
	return phrases{
		ask: map[Field]string{
			CardNumber:    "Veuillez saisir le numéro de votre carte de crédit.",
			Expiration:    "Veuillez saisir la date d'expiration de votre carte. Deux chiffres pour le mois et deux pour l'année.",
			PostalCode:    "Veuillez saisir votre code postal.",
			SecurityCode:  "Veuillez saisir le code de sécurité de votre carte. Ce sont les trois chiffres au dos.",
			RoutingNumber: "Veuillez saisir les neuf chiffres du numéro d'acheminement de votre banque.",
			AccountNumber: "Veuillez saisir votre numéro de compte bancaire.",
			Processing:    "Merci. Veuillez patienter pendant le traitement de votre paiement.",
		},
		code4: "Veuillez saisir le code de sécurité de votre carte. Ce sont les quatre chiffres au recto.",
		again: "Veuillez le saisir une nouvelle fois.",
		failures: map[Failure]string{
			InputTimeout:   "Désolé, je n'ai rien reçu.",
			InvalidNumber:  "Désolé, ce numéro de carte n'est pas valable.",
			InvalidType:    "Désolé, nous n'acceptons pas ce type de carte.",
			InvalidDate:    "Désolé, cette date d'expiration n'est pas valable.",
			InvalidPostal:  "Désolé, ce code postal n'est pas valable.",
			InvalidCode:    "Désolé, ce code de sécurité n'est pas valable.",
			InvalidRouting: "Désolé, ce numéro d'acheminement n'est pas valable.",
			InvalidAccount: "Désolé, ce numéro de compte n'est pas valable.",
			MatchingFailed: "Désolé, les deux saisies ne correspondent pas.",
		},
	}
}

func german() phrases {
	return phrases{
		ask: map[Field]string{
			CardNumber:    "Bitte geben Sie Ihre Kreditkartennummer ein.",
			Expiration:    "Bitte geben Sie das Ablaufdatum Ihrer Karte ein. Zwei Ziffern für den Monat und zwei für das Jahr.",
			PostalCode:    "Bitte geben Sie Ihre Postleitzahl ein.",
			SecurityCode:  "Bitte geben Sie die Prüfziffer Ihrer Karte ein. Es sind die drei Ziffern auf der Rückseite.",
			RoutingNumber: "Bitte geben Sie die neunstellige Routing-Nummer Ihrer Bank ein.",
			AccountNumber: "Bitte geben Sie Ihre Kontonummer ein.",
			Processing:    "Danke. Bitte warten Sie, während wir Ihre Zahlung bearbeiten.",
		},
		code4: "Bitte geben Sie die Prüfziffer Ihrer Karte ein. Es sind die vier Ziffern auf der Vorderseite.",
		again: "Bitte geben Sie die Nummer noch einmal ein.",
		failures: map[Failure]string{
			InputTimeout:   "Leider habe ich nichts empfangen.",
			InvalidNumber:  "Diese Kartennummer ist leider nicht gültig.",
			InvalidType:    "Diese Kartenart nehmen wir leider nicht an.",
			InvalidDate:    "Dieses Ablaufdatum ist leider nicht gültig.",
			InvalidPostal:  "Diese Postleitzahl ist leider nicht gültig.",
			InvalidCode:    "Diese Prüfziffer ist leider nicht gültig.",
			InvalidRouting: "Diese Routing-Nummer ist leider nicht gültig.",
			InvalidAccount: "Diese Kontonummer ist leider nicht gültig.",
			MatchingFailed: "Die beiden Eingaben stimmen leider nicht überein.",
		},
	}
}

func italian() phrases {
	return phrases{
		ask: map[Field]string{
			CardNumber:    "Inserisca il numero della sua carta di credito.",
			Expiration:    "Inserisca la data di scadenza della sua carta. Due cifre per il mese e due per l'anno.",
			PostalCode:    "Inserisca il suo codice postale.",
			SecurityCode:  "Inserisca il codice di sicurezza della sua carta. Sono le tre cifre sul retro.",
			RoutingNumber: "Inserisca le nove cifre del numero di instradamento della sua banca.",
			AccountNumber: "Inserisca il numero del suo conto bancario.",
			Processing:    "Grazie. Attenda mentre elaboriamo il suo pagamento.",
		},
		code4: "Inserisca il codice di sicurezza della sua carta. Sono le quattro cifre sul fronte.",
		again: "Lo inserisca ancora una volta.",
		failures: map[Failure]string{
			InputTimeout:   "Mi dispiace, non ho ricevuto nulla.",
			InvalidNumber:  "Mi dispiace, questo numero di carta non è valido.",
			InvalidType:    "Mi dispiace, non accettiamo questo tipo di carta.",
			InvalidDate:    "Mi dispiace, questa data di scadenza non è valida.",
			InvalidPostal:  "Mi dispiace, questo codice postale non è valido.",
			InvalidCode:    "Mi dispiace, questo codice di sicurezza non è valido.",
			InvalidRouting: "Mi dispiace, questo numero di instradamento non è valido.",
			InvalidAccount: "Mi dispiace, questo numero di conto non è valido.",
			MatchingFailed: "Mi dispiace, i due inserimenti non corrispondono.",
		},
	}
}
