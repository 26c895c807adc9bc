package speak

import "slices"

// PayPrompt is the built-in wording for one moment of a payment: For is the field (card_number, expiry ...),
// Case is ask, silent, wrong, card_not_taken, mismatch or a card brand, as in pay.prompts of a flow.
type PayPrompt struct {
	For, Case string
	Text      string
}

// PayPrompts is the built-in wording of a payment, in the order the fields are asked for. Asked for a saved
// card or a bank account, the caller leaves out what does not apply.
func (p *Pack) PayPrompts() []PayPrompt { return slices.Clone(p.prompts) }

func englishPrompts() []PayPrompt {
	return []PayPrompt{
		{"card_number", "ask", "Please key in your card number, then press pound."},
		{"card_number", "silent", "I did not hear any keys. Please key in your card number, then press pound."},
		{"card_number", "wrong", "That card number is not valid. Please key it in again, then press pound."},
		{"card_number", "card_not_taken", "We do not take that kind of card. Please key in another card number, then press pound."},
		{"expiry", "ask", "Please key in the expiration date: two digits for the month and two for the year."},
		{"expiry", "silent", "I did not hear any keys. Please key in the expiration date: two digits for the month and two for the year."},
		{"expiry", "wrong", "That date is not valid. Please key in two digits for the month and two for the year."},
		{"postal_code", "ask", "Please key in the zip code of your billing address, then press pound."},
		{"postal_code", "silent", "I did not hear any keys. Please key in the zip code of your billing address, then press pound."},
		{"postal_code", "wrong", "That zip code is not valid. Please key it in again, then press pound."},
		{"security_code", "ask", "Please key in the three digit security code on the back of your card."},
		{"security_code", "amex", "Please key in the four digit security code on the front of your card."},
		{"security_code", "silent", "I did not hear any keys. Please key in the security code of your card."},
		{"security_code", "wrong", "That security code is not valid. Please key it in again."},
		{"routing_number", "ask", "Please key in the nine digit routing number of your bank."},
		{"routing_number", "silent", "I did not hear any keys. Please key in the nine digit routing number of your bank."},
		{"routing_number", "wrong", "That routing number is not valid. Please key in all nine digits again."},
		{"routing_number", "mismatch", "Those two routing numbers were not the same. Please key in the routing number again."},
		{"account_number", "ask", "Please key in your bank account number, then press pound."},
		{"account_number", "silent", "I did not hear any keys. Please key in your bank account number, then press pound."},
		{"account_number", "wrong", "That account number is not valid. Please key it in again, then press pound."},
		{"account_number", "mismatch", "Those two account numbers were not the same. Please key in the account number again, then press pound."},
		{"processing", "ask", "Thank you. Please hold while we process your payment."},
	}
}

func spanishPrompts() []PayPrompt {
	return []PayPrompt{
		{"card_number", "ask", "Por favor marque el número de su tarjeta y luego oprima numeral."},
		{"card_number", "silent", "No escuché ninguna tecla. Por favor marque el número de su tarjeta y luego oprima numeral."},
		{"card_number", "wrong", "Ese número de tarjeta no es válido. Por favor márquelo otra vez y luego oprima numeral."},
		{"card_number", "card_not_taken", "No aceptamos ese tipo de tarjeta. Por favor marque el número de otra tarjeta y luego oprima numeral."},
		{"expiry", "ask", "Por favor marque la fecha de vencimiento: dos dígitos para el mes y dos para el año."},
		{"expiry", "silent", "No escuché ninguna tecla. Por favor marque la fecha de vencimiento: dos dígitos para el mes y dos para el año."},
		{"expiry", "wrong", "Esa fecha no es válida. Por favor marque dos dígitos para el mes y dos para el año."},
		{"postal_code", "ask", "Por favor marque el código postal de su dirección de facturación y luego oprima numeral."},
		{"postal_code", "silent", "No escuché ninguna tecla. Por favor marque el código postal de su dirección de facturación y luego oprima numeral."},
		{"postal_code", "wrong", "Ese código postal no es válido. Por favor márquelo otra vez y luego oprima numeral."},
		{"security_code", "ask", "Por favor marque el código de seguridad de tres dígitos que está al reverso de su tarjeta."},
		{"security_code", "amex", "Por favor marque el código de seguridad de cuatro dígitos que está al frente de su tarjeta."},
		{"security_code", "silent", "No escuché ninguna tecla. Por favor marque el código de seguridad de su tarjeta."},
		{"security_code", "wrong", "Ese código de seguridad no es válido. Por favor márquelo otra vez."},
		{"routing_number", "ask", "Por favor marque el número de ruta de nueve dígitos de su banco."},
		{"routing_number", "silent", "No escuché ninguna tecla. Por favor marque el número de ruta de nueve dígitos de su banco."},
		{"routing_number", "wrong", "Ese número de ruta no es válido. Por favor marque otra vez los nueve dígitos."},
		{"routing_number", "mismatch", "Los dos números de ruta no coinciden. Por favor marque otra vez el número de ruta."},
		{"account_number", "ask", "Por favor marque el número de su cuenta bancaria y luego oprima numeral."},
		{"account_number", "silent", "No escuché ninguna tecla. Por favor marque el número de su cuenta bancaria y luego oprima numeral."},
		{"account_number", "wrong", "Ese número de cuenta no es válido. Por favor márquelo otra vez y luego oprima numeral."},
		{"account_number", "mismatch", "Los dos números de cuenta no coinciden. Por favor marque otra vez el número de cuenta y luego oprima numeral."},
		{"processing", "ask", "Gracias. Por favor espere mientras procesamos su pago."},
	}
}
