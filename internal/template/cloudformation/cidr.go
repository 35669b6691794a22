package cloudformation

import (
	"net/netip"
	"strconv"

	"wardlet.example/internal/model"
)

// maxBlocks is how many address blocks one Fn::Cidr can make, by its documentation.
const maxBlocks = 256

// cidr works out Fn::Cidr: so many blocks of an address range, each with so many bits for hosts.
func (t *Template) cidr(arg *model.Value, at model.Origin) *model.Value {
	const want = "Fn::Cidr: [ipBlock, count, cidrBits]"
	if arg.Kind != model.List || len(arg.Items) < 2 || len(arg.Items) > 3 {
		return t.bad(at, "Fn::Cidr", want)
	}
	if len(arg.Items) == 2 {
		return model.NewPresent("the size of the address blocks is not given", at)
	}
	block, count, bits := t.Resolve(arg.Items[0]), t.Resolve(arg.Items[1]), t.Resolve(arg.Items[2])
	return withBoth(block, count, func(block, count *model.Value) *model.Value {
		return mapChoices(bits, func(bits *model.Value) *model.Value {
			from, ok1 := block.Scalar()
			number, ok2 := count.Scalar()
			size, ok3 := bits.Scalar()
			if !ok1 || !ok2 || !ok3 {
				return model.NewPresent("the address range is not known", at)
			}
			if blocks := blocksOf(from, number, size, at); blocks != nil {
				return blocks
			}
			return t.bad(at, "Fn::Cidr", want+", such as ['10.0.0.0/16', 6, 8]")
		})
	})
}

// blocksOf is the list of blocks; nil where the range has no room for them or the arguments are no numbers.
func blocksOf(from, number, size string, at model.Origin) *model.Value {
	prefix, err := netip.ParsePrefix(from)
	n, err1 := strconv.Atoi(number)
	hostBits, err2 := strconv.Atoi(size)
	if err != nil || err1 != nil || err2 != nil || n < 1 || n > maxBlocks {
		return nil
	}
	prefix = prefix.Masked()
	length := prefix.Addr().BitLen() - hostBits
	if hostBits < 1 || length < prefix.Bits() || length-prefix.Bits() < 9 && n > 1<<(length-prefix.Bits()) {
		return nil
	}
	var items []*model.Value
	addr := prefix.Addr()
	for range n {
		items = append(items, model.NewString(netip.PrefixFrom(addr, length).String(), at))
		addr = after(addr, hostBits)
	}
	return model.NewList(items, at)
}

// after is the address that many host bits further on.
func after(addr netip.Addr, hostBits int) netip.Addr {
	bytes := addr.AsSlice()
	carry := 1 << (hostBits % 8)
	for i := len(bytes) - 1 - hostBits/8; i >= 0 && carry > 0; i-- {
		sum := int(bytes[i]) + carry
		bytes[i], carry = byte(sum), sum>>8
	}
	next, _ := netip.AddrFromSlice(bytes)
	return next
}
