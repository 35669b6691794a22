package document

import "wardlet.example/internal/model"

// fieldSet gathers the fields of one map in the order written.
type fieldSet struct {
	list  []model.Field
	index map[string]int // made when a linear search would be slow
}

// indexFrom is the number of fields from which an index is quicker than comparing.
const indexFrom = 12

func (s *fieldSet) find(key string) int {
	if s.index != nil {
		if i, ok := s.index[key]; ok {
			return i
		}
		return -1
	}
	for i := range s.list {
		if s.list[i].Key == key {
			return i
		}
	}
	return -1
}

func (s *fieldSet) add(f model.Field) {
	s.list = append(s.list, f)
	switch {
	case s.index != nil:
		s.index[f.Key] = len(s.list) - 1
	case len(s.list) == indexFrom:
		s.index = make(map[string]int, max(2*indexFrom, cap(s.list)))
		for i := range s.list {
			s.index[s.list[i].Key] = i
		}
	}
}

// put adds a field; where the key is there already the new one takes its place, with a warning.
func (s *fieldSet) put(f model.Field, w *warnings) {
	i := s.find(f.Key)
	if i < 0 {
		s.add(f)
		return
	}
	w.duplicate(f.Key, s.list[i].At, f.At)
	s.list[i] = f
}
