/**
 * What short programs most often want of Python's standard library and MicroPython leaves out. Built-in modules cannot be
 * added to, so those here stand in for them and pass the rest on.
 */
export const PYTHON_PRELUDE = `
def _prelude():
    import sys, builtins, math, itertools, functools, collections

    def fill(module, name, own):
        class Module: pass
        filled = Module()
        for key in dir(module):
            setattr(filled, key, getattr(module, key))
        for key in own:
            if not hasattr(filled, key):
                setattr(filled, key, own[key])
        sys.modules[name] = filled

    def no_input(prompt=''):
        raise EOFError('there is no input')
    builtins.input = no_input

    def gcd(*numbers):
        result = 0
        for number in numbers:
            a, b = result, abs(number)
            while b:
                a, b = b, a % b
            result = a
        return result
    def lcm(*numbers):
        result = 1
        for number in numbers:
            if number == 0:
                return 0
            result = result * abs(number) // gcd(result, number)
        return result
    def isqrt(n):
        if n < 0:
            raise ValueError('isqrt() argument must be nonnegative')
        if n == 0:
            return 0
        x = 1 << ((len(bin(n)) - 1) // 2 + 1)
        while True:
            y = (x + n // x) // 2
            if y >= x:
                return x
            x = y
    def perm(n, k=None):
        result = 1
        for i in range(n if k is None else k):
            result *= n - i
        return result
    def comb(n, k):
        if k > n:
            return 0
        k = min(k, n - k)
        result = 1
        for i in range(k):
            result = result * (n - i) // (i + 1)
        return result
    def prod(items, start=1):
        for item in items:
            start = start * item
        return start
    def hypot(*xs):
        return math.sqrt(sum(x * x for x in xs))
    own = {'gcd': gcd, 'lcm': lcm, 'isqrt': isqrt, 'perm': perm, 'comb': comb, 'prod': prod, 'hypot': hypot}
    fill(math, 'math', own)

    def product(*groups, repeat=1):
        pools = [list(group) for group in groups] * repeat
        def walk(at):
            if at == len(pools):
                yield ()
                return
            for item in pools[at]:
                for rest in walk(at + 1):
                    yield (item,) + rest
        return walk(0)
    def choose(items, size, is_ordered, is_repeated):
        pool = list(items)
        def walk(left, used, start):
            if left == 0:
                yield ()
                return
            for i in range(0 if is_ordered else start, len(pool)):
                if i in used and not is_repeated:
                    continue
                for rest in walk(left - 1, used + (i,), i if is_repeated else i + 1):
                    yield (pool[i],) + rest
        return walk(len(pool) if size is None else size, (), 0)
    own = {
        'product': product,
        'permutations': lambda items, r=None: choose(items, r, True, False),
        'combinations': lambda items, r: choose(items, r, False, False),
        'combinations_with_replacement': lambda items, r: choose(items, r, False, True),
    }
    fill(itertools, 'itertools', own)

    def cache(act):
        known = {}
        def cached(*args):
            if args not in known:
                known[args] = act(*args)
            return known[args]
        return cached
    def lru_cache(maxsize=128, typed=False):
        return cache(maxsize) if callable(maxsize) else cache
    fill(functools, 'functools', {'cache': cache, 'lru_cache': lru_cache})

    class Counter(dict):
        def __init__(self, items=()):
            super().__init__()
            self.update(items)
        def __getitem__(self, key):
            return self.get(key, 0)
        def update(self, items=()):
            if isinstance(items, dict):
                for key in items:
                    self[key] = self[key] + items[key]
            else:
                for item in items:
                    self[item] = self[item] + 1
        def most_common(self, n=None):
            ordered = sorted(self.items(), key=lambda item: -item[1])
            return ordered if n is None else ordered[:n]
    fill(collections, 'collections', {'Counter': Counter, 'defaultdict': collections.defaultdict})

    class Hint:
        def __getitem__(self, key):
            return self
    hint = Hint()
    names = 'Any Callable Dict Generator Iterable Iterator List Optional Sequence Set Tuple Union'.split()
    class Nothing: pass
    fill(Nothing(), 'typing', {name: hint for name in names})

_prelude()
del _prelude
`;
