package redact

func spanishTable() table {
	return table{
		digits:  [10]string{"cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"},
		plurals: [10]string{"ceros", "unos", "doses", "treses", "cuatros", "cincos", "seises", "sietes", "ochos", "nueves"},
		teens:   [10]string{"diez", "once", "doce", "trece", "catorce", "quince", "dieciseis", "diecisiete", "dieciocho", "diecinueve"},
		tens: [10]string{2: "veinte veinti", 3: "treinta treintai", 4: "cuarenta cuarentai", 5: "cincuenta cincuentai", 6: "sesenta sesentai",
			7: "setenta setentai", 8: "ochenta ochentai", 9: "noventa noventai"},
		hundreds: [10]string{1: "cien ciento", 2: "doscientos doscientas", 3: "trescientos trescientas", 4: "cuatrocientos cuatrocientas",
			5: "quinientos quinientas", 6: "seiscientos seiscientas", 7: "setecientos setecientas", 8: "ochocientos ochocientas", 9: "novecientos novecientas"},
		thousand: "mil",
		maybe:    [10]string{1: "un una"},
		and:      "y",
		repeats:  [5]string{2: "doble", 3: "triple", 4: "cuadruple"},
		article:  "el la los",
		fillers: `eh este pues bueno guion raya espacio coma punto luego despues y sigue siguiente si no vale ok el la los las es son de del en mi su
			numero numeros tarjeta a ver espere espera un momento perdon por favor digo barra claro aja mhm bien perfecto gracias ya ahora entonces`,
		units: `dolar dolares peso pesos centavo centavos centimo centimos euro euros por ciento millon millones hora horas minuto minutos dia dias
			semana semanas mes meses ano anos vez veces personas`,
		months: "enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre",
		ends:   "o a er",
		cues: [cueKinds]string{
			cueCard: `numero de tarjeta, numero de la tarjeta, numero de mi tarjeta, numero de su tarjeta, numero de tu tarjeta, numeros de la tarjeta,
				dieciseis digitos, 16 digitos, quince digitos, 15 digitos, datos de la tarjeta`,
			cueWord: "tarjeta, tarjetas",
			cueCode: `codigo de seguridad, numero de seguridad, codigo de verificacion, tres digitos, 3 digitos, tres numeros de atras, tres digitos de atras,
				cuatro digitos del frente, codigo de atras, clave, pin, nip`,
			cueExpiry: `vencimiento, fecha de vencimiento, vence*, caduca*, fecha de caducidad, expira*, fecha de expiracion, valida hasta`,
			cueBank:   "numero de cuenta, cuenta bancaria, cuenta corriente, cuenta de ahorros, clabe, iban, numero de la cuenta",
			cueRoute:  "numero de ruta, codigo de ruta, codigo bancario, ruta bancaria",
			cueID: `seguro social, numero de seguro social, dni, nie, nif, curp, rfc, cedula, numero de identidad, documento de identidad, pasaporte,
				identificacion, licencia de conducir, seguridad social`,
			cueOther: `telefono, numero de telefono, celular, movil, codigo postal, importe, saldo, monto, factura, pedido, referencia, confirmacion,
				fecha de nacimiento, direccion, calle, numero de cliente, contador, poliza, extension`,
		},
	}
}

func portugueseTable() table {
	return table{
		digits:  [10]string{"zero", "hum", "dois duas", "tres", "quatro", "cinco", "seis", "sete", "oito", "nove"},
		plurals: [10]string{"zeros", "uns", "", "", "quatros", "cincos", "", "setes", "oitos", "noves"},
		teens: [10]string{"dez", "onze", "doze", "treze", "catorze quatorze", "quinze", "dezesseis dezasseis", "dezessete dezassete",
			"dezoito", "dezenove dezanove"},
		tens: [10]string{2: "vinte", 3: "trinta", 4: "quarenta", 5: "cinquenta", 6: "sessenta", 7: "setenta", 8: "oitenta", 9: "noventa"},
		hundreds: [10]string{1: "cem cento", 2: "duzentos duzentas", 3: "trezentos trezentas", 4: "quatrocentos quatrocentas",
			5: "quinhentos quinhentas", 6: "seiscentos seiscentas", 7: "setecentos setecentas", 8: "oitocentos oitocentas", 9: "novecentos novecentas"},
		thousand: "mil",
		maybe:    [10]string{1: "um uma", 6: "meia"},
		and:      "e",
		repeats:  [5]string{2: "duplo dobro dupla", 3: "triplo tripla", 4: "quadruplo"},
		article:  "o a",
		fillers: `ah eh hum ne ai entao traco hifen espaco virgula ponto depois e segue sim nao ok o a os as de do da em meu minha seu sua numero numeros
			cartao deixa ver espera um momento desculpe por favor barra pronto ta bom certo obrigado obrigada agora`,
		units: `dolar dolares real reais centavo centavos euro euros centimo centimos por cento milhao milhoes hora horas minuto minutos dia dias
			semana semanas mes meses ano anos vez vezes pessoas`,
		months: "janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro",
		ends:   "o a",
		cues: [cueKinds]string{
			cueCard: `numero do cartao, numero do meu cartao, numero do seu cartao, numeros do cartao, dezesseis digitos, dezasseis digitos, 16 digitos,
				dados do cartao`,
			cueWord:   "cartao, cartoes",
			cueCode:   `codigo de seguranca, numero de seguranca, codigo de verificacao, tres digitos, 3 digitos, tres digitos do verso, senha, pin`,
			cueExpiry: "validade, data de validade, vence*, vencimento, expira*, valido ate, caduca*",
			cueBank:   "numero da conta, conta bancaria, conta corrente, conta poupanca, iban, nib, numero de conta",
			cueRoute:  "agencia, numero da agencia, codigo do banco",
			cueID: `cpf, cnpj, rg, nif, contribuinte, cartao de cidadao, bilhete de identidade, identidade, passaporte, seguranca social,
				carteira de motorista, carta de conducao`,
			cueOther: `telefone, numero de telefone, celular, telemovel, codigo postal, cep, valor, saldo, montante, fatura, pedido, referencia,
				confirmacao, data de nascimento, endereco, morada, rua, numero de cliente, apolice`,
		},
	}
}

func italianTable() table {
	return table{
		digits:   [10]string{"zero", "uno", "due", "tre", "quattro", "cinque", "", "sette", "otto", "nove"},
		plurals:  [10]string{"zeri"},
		teens:    [10]string{"dieci", "undici", "dodici", "tredici", "quattordici", "quindici", "sedici", "diciassette", "diciotto", "diciannove"},
		tens:     [10]string{2: "venti", 3: "trenta", 4: "quaranta", 5: "cinquanta", 6: "sessanta", 7: "settanta", 8: "ottanta", 9: "novanta"},
		hundreds: [10]string{1: "cento"},
		thousand: "mille mila",
		maybe:    [10]string{1: "un una", 6: "sei"},
		and:      "e",
		repeats:  [5]string{2: "doppio doppia", 3: "triplo tripla", 4: "quadruplo"},
		article:  "il lo la",
		fillers: `eh ehm allora ecco trattino spazio virgola punto poi e segue si no ok il lo la i gli le di del della in mio mia suo sua numero numeri
			carta vediamo aspetti aspetta un attimo scusi scusa per favore barra bene perfetto grazie adesso`,
		units: `dollaro dollari euro centesimo centesimi per cento milione milioni ora ore minuto minuti giorno giorni settimana settimane mese mesi
			anno anni volta volte persone`,
		months: "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
		ends:   "o a",
		cues: [cueKinds]string{
			cueCard: `numero di carta, numero della carta, numero della mia carta, numero della sua carta, numeri della carta, sedici cifre, 16 cifre,
				dati della carta`,
			cueWord:   "carta, carte",
			cueCode:   `codice di sicurezza, numero di sicurezza, codice di verifica, tre cifre, 3 cifre, tre cifre sul retro, codice sul retro, pin`,
			cueExpiry: "scadenza, data di scadenza, scade*, valida fino a, valida fino",
			cueBank:   "numero di conto, conto corrente, conto bancario, iban, numero del conto",
			cueRoute:  "abi, cab, codice bancario",
			cueID:     `codice fiscale, carta d identita, carta di identita, passaporto, patente, tessera sanitaria, numero di identita`,
			cueOther: `telefono, numero di telefono, cellulare, cap, codice postale, importo, saldo, fattura, ordine, riferimento, conferma,
				data di nascita, indirizzo, via, numero cliente, codice cliente, polizza`,
		},
	}
}
