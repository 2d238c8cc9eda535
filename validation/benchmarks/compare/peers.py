"""What one would write with NumPy, SciPy or PyTorch for each workload of `compare`: a worker that reads one JSON
object a line and answers each with one, until its input ends.

  {"do": "versions"}                                     -> {"numpy": "...", "scipy": "...", "torch": null}
  {"do": "prepare", "peer": P, "arrays": {name: file.npy}, "args": {...}}
  {"do": "time", "peer": P, "least": seconds}            -> {"cpu": s, "wall": s}, the least of its repetitions
  {"do": "result", "peer": P, "file": "out.npz"}         writes what was computed
  {"do": "forget", "peer": P}

A package that is not installed is answered by {"missing": name}, any other trouble by {"error": message}.
Threads are set by the environment before this starts. Arrays and arguments are made by the other side, so that
both do the same work; every peer is timed without reading them.
"""
import importlib
import json
import sys
import time


class Missing(Exception):
    pass


def package(name):
    try:
        return importlib.import_module(name)
    except ImportError as error:
        # A part of a package that is missing tells which package that is.
        raise Missing(name.split(".")[0]) from error


# --- modes -----------------------------------------------------------------------------------------------

class Eq15ByDop853:
    """All modes as one system, each on a clock of its own that ends at 1, so that one step serves all."""

    def __init__(self, a, args):
        self.np, self.solve = package("numpy"), package("scipy.integrate").solve_ivp
        self.s, self.end, self.u0, self.L = a["s"], a["t"], args["u0"], args["L"]

    def run(self):
        power, s, scaled = 2 - 2 / self.L, self.s, self.L * self.end
        start = self.np.full(s.size, self.u0)
        answer = self.solve(lambda x, u: scaled * u**power * (s - u), (0.0, 1.0), start, method="DOP853",
                            rtol=1e-8, atol=1e-12, t_eval=[1.0])
        self.u = answer.y[:, -1]

    def result(self):
        return {"u": self.u}


class Eq15TimesByHyp2f1:
    """t = s^(2/L - 2) [G(y)] with y = (u/s)^(1/L) and G' = y^(1-L) / (1 - y^L)."""

    def __init__(self, a, args):
        self.np, self.hyp2f1 = package("numpy"), package("scipy.special").hyp2f1
        self.s, self.u, self.u0, self.L = a["s"], a["u"], args["u0"], args["L"]

    def primitive(self, u):
        L, x = self.L, u / self.s
        y = x ** (1 / L)
        return y ** (2 - L) / (2 - L) + y * y / 2 * self.hyp2f1(1, 2 / L, 1 + 2 / L, x)

    def run(self):
        self.t = self.s ** (2 / self.L - 2) * (self.primitive(self.u) - self.primitive(self.u0))

    def result(self):
        return {"t": self.t}


class Eq8ByDop853:
    def __init__(self, a, args):
        self.np, self.solve = package("numpy"), package("scipy.integrate").solve_ivp
        self.start = self.np.concatenate([a["a0"], a["b0"]])
        self.s, self.end = args["s"], args["t"]

    def run(self):
        n = self.start.size // 2

        def field(_, x):
            pull = self.s - x[:n] * x[n:]
            return self.np.concatenate([x[n:] * pull, x[:n] * pull])

        answer = self.solve(field, (0.0, self.end), self.start, method="DOP853", rtol=1e-8, atol=1e-12,
                            t_eval=[self.end])
        self.end_state = answer.y[:, -1]

    def result(self):
        n = self.start.size // 2
        return {"a": self.end_state[:n], "b": self.end_state[n:]}


# --- Fig 3: Sigma11 = I, rate on sums, a fixed number of epochs, nothing noted on the way ------------------

class Fig3ByNumpy:
    """Starts w1 : runs x N2 x N1, w2 : runs x N3 x N2, one run after the other, each for its own epochs."""

    def __init__(self, a, args):
        self.np = package("numpy")
        self.y, self.starts = a["sigma31"], list(zip(a["w1"], a["w2"]))
        self.epochs, self.rate, self.tanh = [int(e) for e in a["epochs"]], args["rate"], args["tanh"]

    def one(self, w1, w2, epochs):
        w1, w2 = w1.copy(), w2.copy()
        for _ in range(epochs):
            hidden = self.np.tanh(w1) if self.tanh else w1
            error = self.y - w2 @ hidden
            back = w2.T @ error
            if self.tanh:
                back *= 1 - hidden * hidden
            w2 += self.rate * (error @ hidden.T)
            w1 += self.rate * back
        return w2 @ (self.np.tanh(w1) if self.tanh else w1)

    def run(self):
        self.maps = [self.one(w1, w2, n) for (w1, w2), n in zip(self.starts, self.epochs)]

    def result(self):
        return {"map": self.np.stack(self.maps)}


class Fig3ByTorch(Fig3ByNumpy):
    """The gradient by hand in fused calls; autograd takes three times as long."""

    def __init__(self, a, args):
        super().__init__(a, args)
        self.torch = package("torch")
        self.torch.set_num_threads(args["threads"])

    def one(self, w1, w2, epochs):
        torch = self.torch
        y, w1, w2 = (torch.tensor(m) for m in (self.y, w1, w2))
        for _ in range(epochs):
            hidden = torch.tanh(w1) if self.tanh else w1
            error = torch.addmm(y, w2, hidden, alpha=-1)
            back = w2.T @ error
            if self.tanh:
                back *= 1 - hidden * hidden
            w2 = torch.addmm(w2, error, hidden.T, alpha=self.rate)
            w1 = w1 + self.rate * back
        return (w2 @ (torch.tanh(w1) if self.tanh else w1)).numpy()


# --- Eq 13: chains ----------------------------------------------------------------------------------------

def above_all(weights, top):
    """W^L ... W^(l+1) for l = L .. 0, every product with as few rows as there are outputs."""
    chain = [top]
    for w in reversed(weights):
        chain.append(chain[-1] @ w)
    return chain


class StepByNumpy:
    """One step in place; Sigma11 diagonal, as in its eigenbasis."""

    def __init__(self, a, args):
        self.np = package("numpy")
        self.files = [a["w%d" % (l + 1)] for l in range(args["matrices"])]
        self.weights = [self.np.array(w, order="C") for w in self.files]
        self.diagonal, self.sigma31, self.rate = a["sigma11"], a["sigma31"], args["rate"]
        self.probe = a["probe"]

    def run(self):
        w, last = self.weights, len(self.weights) - 1
        above = above_all(w[:-1], w[-1])  # above[k] = W^L ... W^(L-k)
        error = self.sigma31 - above[-1] * self.diagonal
        for l in range(last):
            below = error @ w[l].T
            w[l] += (self.rate * above[last - 1 - l].T) @ error
            error = below
        w[last] += self.rate * error

    def result(self):
        """What the steps changed, seen through a few directions of each layer's inputs."""
        return {"change%d" % (l + 1): (new - old) @ self.probe[: new.shape[1]]
                for l, (new, old) in enumerate(zip(self.weights, self.files))}


class TopEigenvalueByEigsh:
    """The derivative of the gradient along a direction, by hand (Pearlmutter's R operator), under ARPACK."""

    def __init__(self, a, args):
        self.np, self.sparse = package("numpy"), package("scipy.sparse.linalg")
        self.w = [self.np.array(a["w%d" % (l + 1)], order="C") for l in range(args["matrices"])]
        self.sigma11, self.tolerance = a["sigma11"], args["tolerance"]
        self.ends = self.np.cumsum([w.size for w in self.w])
        self.above = above_all(self.w, self.np.eye(self.w[-1].shape[0]))
        self.errors = [self.above[-1] @ self.sigma11 - a["sigma31"]]
        for w in self.w[:-1]:
            self.errors.append(self.errors[-1] @ w.T)

    def product(self, flat):
        w, last = self.w, len(self.w)
        v = [part.reshape(m.shape) for part, m in zip(self.np.split(flat, self.ends[:-1]), w)]
        moved = [self.np.zeros_like(self.above[0])]
        for k in range(last):
            moved.append(moved[-1] @ w[last - 1 - k] + self.above[k] @ v[last - 1 - k])
        tangent, parts = moved[-1] @ self.sigma11, []
        for l in range(last):
            k = last - 1 - l
            parts.append((moved[k].T @ self.errors[l] + self.above[k].T @ tangent).ravel())
            tangent = tangent @ w[l].T + self.errors[l] @ v[l].T
        return self.np.concatenate(parts)

    def run(self):
        size = int(self.ends[-1])
        operator = self.sparse.LinearOperator((size, size), matvec=self.product, dtype=float)
        start = self.np.ones(size)
        self.value = self.sparse.eigsh(operator, k=1, which="LA", tol=self.tolerance, v0=start)[0][0]

    def result(self):
        return {"value": self.np.array([self.value])}


class LargeProduct:
    """For the limits: a product of large square matrices by NumPy's BLAS."""

    def __init__(self, a, args):
        np = package("numpy")
        self.a = np.full((args["n"], args["n"]), 0.5)
        self.b, self.c, self.dot = self.a.copy(), np.empty_like(self.a), np.dot

    def run(self):
        self.dot(self.a, self.b, out=self.c)

    def result(self):
        return {"c": self.c[:1]}


PEERS = {
    "eq15": Eq15ByDop853, "eq15-times": Eq15TimesByHyp2f1, "eq8": Eq8ByDop853,
    "fig3-numpy": Fig3ByNumpy, "fig3-torch": Fig3ByTorch, "step": StepByNumpy,
    "hessian": TopEigenvalueByEigsh, "product": LargeProduct,
}


# --- the worker -------------------------------------------------------------------------------------------

def versions():
    found = {"python": sys.version.split()[0]}
    for name in ("numpy", "scipy", "torch"):
        try:
            found[name] = importlib.import_module(name).__version__
        except ImportError:
            found[name] = None
    return found


def timed(peer, least):
    """Repeated until `least` seconds have gone by, at least once."""
    cpu = wall = float("inf")
    spent = 0.0
    while spent < least or spent == 0.0:
        before_cpu, before = time.process_time(), time.perf_counter()
        peer.run()
        took = time.perf_counter() - before
        cpu, wall, spent = min(cpu, time.process_time() - before_cpu), min(wall, took), spent + took
    return {"cpu": cpu, "wall": wall}


def load(arrays):
    np = package("numpy")
    # Mapped, not read: the weights of a hundred wide layers need not be in memory twice.
    return {name: np.load(file, mmap_mode="r") if name.startswith("w") else np.load(file)
            for name, file in arrays.items()}


def answer(question, ready):
    what = question["do"]
    if what == "versions":
        return versions()
    name = question["peer"]
    if what == "prepare":
        ready[name] = PEERS[name](load(question["arrays"]), question["args"])
    elif what == "time":
        return timed(ready[name], question["least"])
    elif what == "result":
        package("numpy").savez(question["file"], **ready[name].result())
    elif what == "forget":
        ready.pop(name, None)
    else:
        raise ValueError("unknown: " + what)
    return {}


def main():
    ready = {}
    for line in sys.stdin:
        try:
            reply = answer(json.loads(line), ready)
        except Missing as missing:
            reply = {"missing": str(missing)}
        except Exception as error:  # told to the other side, which reports it
            reply = {"error": "%s: %s" % (type(error).__name__, error)}
        print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    main()
