package dataflow

import (
	"slices"
	"strings"
	"unicode"
)

// secrecy is what a name says of what stands under it.
type secrecy uint8

// Kinds of sensitive data. The order is that in which they tell most.
const (
	plainData  secrecy = iota
	ofHealth           // a diagnosis, where somebody lives, what a user pool knows of somebody
	ofNation           // the number of a person at an authority, or of an account
	ofLink             // an address or a form by which anybody does once what its maker may
	ofToken            // what somebody is let in by for a while
	ofCard             // the number of a card, or the code on it
	ofPassword         // what somebody is let in by
	fetched            // it came from a store of secrets, whatever its name
)

// grave reports whether who reads it can do harm at once.
func (s secrecy) grave() bool { return s >= ofToken }

// vocabulary are the words that names of sensitive data end in, in small letters with spaces between them.
var vocabulary = map[string]secrecy{
	"password": ofPassword, "passwd": ofPassword, "pwd": ofPassword, "passphrase": ofPassword, "passcode": ofPassword, "pass word": ofPassword, "pass phrase": ofPassword,
	"secret": ofPassword, "secret key": ofPassword, "secret access key": ofPassword, "private key": ofPassword, "signing key": ofPassword, "encryption key": ofPassword,
	"api key": ofPassword, "apikey": ofPassword, "api key value": ofPassword, "password value": ofPassword, "secret string": ofPassword, "secret binary": ofPassword, "otp": ofPassword, "verification code": ofPassword,
	"confirmation code": ofPassword, "mfa code": ofPassword, "security answer": ofPassword, "challenge answer": ofPassword, "private challenge parameters": ofPassword,
	"connection string": ofPassword, "database url": ofPassword, "database uri": ofPassword, "db url": ofPassword, "db uri": ofPassword, "mongo url": ofPassword, "mongo uri": ofPassword,
	"mongodb url": ofPassword, "mongodb uri": ofPassword, "redis url": ofPassword, "dsn": ofPassword,
	"transaction pin": ofPassword, "account pin": ofPassword, "atm pin": ofPassword, "login pin": ofPassword, "security pin": ofPassword, "access pin": ofPassword, "mpin": ofPassword, "upi pin": ofPassword,
	"login code": ofPassword, "credentials": ofPassword, "mnemonic": ofPassword, "seed phrase": ofPassword,
	"token": ofToken, "jwt": ofToken, "bearer": ofToken, "authorization": ofToken, "auth header": ofToken, "authorization header": ofToken, "cookie": ofToken, "cookies": ofToken,
	"card number": ofCard, "credit card": ofCard, "cc number": ofCard, "cvv": ofCard, "cvc": ofCard, "cvv2": ofCard, "card code": ofCard, "card pin": ofCard,
	"ssn": ofNation, "social security number": ofNation, "social security": ofNation, "national id": ofNation, "national id number": ofNation, "passport number": ofNation,
	"insured number": ofNation, "drivers license": ofNation, "drivers license number": ofNation, "driver license number": ofNation, "aadhaar": ofNation, "aadhaar number": ofNation, "tax file number": ofNation, "iban": ofNation,
	"tax number": ofNation, "tax identification number": ofNation, "tax id number": ofNation, "national number": ofNation, "national insurance number": ofNation, "social insurance number": ofNation,
	"insurance number": ofNation, "health insurance number": ofNation, "identity number": ofNation, "identity card number": ofNation,
	"bank account number": ofNation, "diagnosis": ofHealth, "patient name": ofHealth, "diagnoses": ofHealth, "medical history": ofHealth, "medical record": ofHealth, "medical records": ofHealth,
	"user attributes": ofHealth, "date of birth": ofHealth, "birth date": ofHealth, "birthdate": ofHealth, "dob": ofHealth, "home address": ofHealth, "street address": ofHealth, "billing address": ofHealth,
	"born": ofHealth, "born on": ofHealth, "symptoms": ofHealth, "medical notes": ofHealth, "birthday": ofHealth, "date of death": ofHealth, "medical diagnosis": ofHealth,
	"postal address": ofHealth, "shipping address": ofHealth, "delivery address": ofHealth, "residential address": ofHealth,
	"health record": ofHealth, "health records": ofHealth, "medical conditions": ofHealth, "hiv status": ofHealth, "blood type": ofHealth,
}

// ofLogins are words before "pass" which say that it is a password.
var ofLogins = set("db database smtp mysql postgres pg mongo redis user email mail auth admin root rds imap ftp sftp ssh basic")

// ofSomebody are words that are written together with "password" and say whose it is, or which of several.
var ofSomebody = set("user admin db old new previous current temp temporary master root login my confirm client customer account default initial email repeat plain")

// splitPassword gives words, with "password" and what stands before it without a space as two: previouspassword.
func splitPassword(words []string) []string {
	if n := len(words) - 1; n >= 0 {
		if before, ok := strings.CutSuffix(words[n], "password"); ok && ofSomebody[before] {
			return append(words[:n:n], before, "password")
		}
	}
	return words
}

// shortNumber are words that people write in the place of number.
var shortNumber = set("no nr num nbr")

// numberInFull gives words, with what is short for number at their end in full: insuranceNo, passport_nr.
func numberInFull(words []string) []string {
	if n := len(words) - 1; n > 0 && shortNumber[words[n]] {
		return append(words[:n:n], "number")
	}
	return words
}

// ofPages are words before "token" which say that it lets nobody in: that of a page, of a device, of a form.
var ofPages = set(`next continuation continue page pages paging pagination sync csrf xsrf request idempotency device push fcm apns expo sort cancel cancellation task
	marker start starting stop last lock dedup deduplication special lex start end unknown type count evaluated registration notification pusher cursor sequence resume change watch
	messaging fencing after before bookmark offset poll forgery form paginator erc20 contract nft mint execution callback client swap coin list base quote`)

// notItself are words anywhere in a name which say that it is no such data but something about it, or data that was made harmless.
var notItself = set(`is has had was should can no without with invalid valid missing wrong empty masked mask hashed hash redacted encrypted encoded obfuscated sanitized safe hidden digest
	policy strength length len count type expired expires expiry expiration need needs require required requires allow enable enabled disable use check checked verify validate
	forgot change changed update updated public fake dummy example test mock name names id ids arn url uri path file field label placeholder hint error message kind`)

// sensitive is what a name says of what stands under it, worked out once for each.
func (p *Program) sensitive(name string) secrecy {
	known, ok := p.words[name]
	if !ok {
		if p.words == nil {
			p.words = map[string]secrecy{}
		}
		known = sensitiveName(name)
		p.words[name] = known
	}
	return known
}

// sensitivePath is what a path says of what stands under it, by its last part, or the last two: card.number.
func (p *Program) sensitivePath(path string) secrecy {
	path = plainPath(path)
	last := strings.LastIndexByte(path, '.')
	if kind := p.sensitive(path[last+1:]); kind != plainData || last < 0 {
		return kind
	}
	return p.sensitive(path[strings.LastIndexByte(path[:last], '.')+1:])
}

func sensitiveName(name string) secrecy {
	if len(name) > 60 {
		return plainData
	}
	words := numberInFull(splitPassword(wordsOf(name)))
	for n := min(4, len(words)); n > 0; n-- {
		before := words[:len(words)-n]
		kind := vocabulary[strings.Join(words[len(words)-n:], " ")]
		if kind == plainData {
			continue
		}
		if slices.ContainsFunc(before, func(w string) bool { return notItself[w] }) {
			return plainData
		}
		if isOfPage(name) {
			return plainData
		}
		return kind
	}
	if n := len(words); n > 1 && words[n-1] == "pass" && ofLogins[words[n-2]] {
		return ofPassword
	}
	return plainData
}

// isOfPage reports whether a name is one of a token that lets nobody in.
func isOfPage(name string) bool {
	words := wordsOf(name)
	n := len(words) - 1
	return n > 0 && words[n] == "token" && slices.ContainsFunc(words[:n], func(w string) bool { return ofPages[w] })
}

// wordsOf are the words of a name in small letters: dbPassword, DB_PASSWORD and db-password are the same.
func wordsOf(name string) []string {
	var out []string
	var word []rune
	end := func() {
		if len(word) > 0 {
			out = append(out, strings.ToLower(string(word)))
			word = nil
		}
	}
	letters := []rune(name)
	for i, r := range letters {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			end()
			continue
		case unicode.IsUpper(r) && i > 0 && (unicode.IsLower(letters[i-1]) || unicode.IsDigit(letters[i-1])),
			unicode.IsUpper(r) && i > 0 && i+1 < len(letters) && unicode.IsUpper(letters[i-1]) && unicode.IsLower(letters[i+1]): // APIKey
			end()
		}
		word = append(word, r)
	}
	end()
	return out
}
