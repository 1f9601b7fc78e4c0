"""Judge of Adam and AdamW: compares with torch.optim, step by step."""

from unittest.mock import patch
from weakref import WeakSet

import torch


def made(Adam, *args, **settings):
    """Return an optimizer that is not the library's."""

    def refuse(*_, **__):
        raise AssertionError("write the update yourself, without torch.optim")

    with patch.object(torch.optim.Adam, "__init__", refuse):
        return Adam(*args, **settings)


def check_graph(optimizer):
    """Have no step recorded by autograd in what outlives the step."""
    kept = WeakSet()

    class Saved:
        def __init__(self, values):
            self.values = values
            kept.add(self)

    with torch.autograd.graph.saved_tensors_hooks(Saved, lambda s: s.values):
        optimizer.step()
    assert not kept, (
        "m or v holds the graph of all steps, and memory grows with each: "
        "decorate step() with torch.no_grad()"
    )


def judge(Adam):
    """Raise an AssertionError that says what is wrong, or print the checks."""
    torch.manual_seed(0)
    checks = 0

    def parameter(*values):
        return torch.nn.Parameter(torch.tensor(values, dtype=torch.float64))

    def first(gradient, **settings):
        """How far the first step moves a parameter that is 2."""
        p = parameter(2.0)
        p.grad = torch.full_like(p, gradient)
        made(Adam, [p], lr=0.1, **settings).step()
        assert p.grad is not None and p.grad.item() == gradient, (
            "step() changes p.grad"
        )
        assert p.requires_grad, "step() changes p.requires_grad"
        return p.item() - 2

    real = first(5.0)
    assert real == real, "the first step gives nan: t counts from 1"
    assert real != 0, "the parameter does not move: change it in place"
    assert abs(real - 0.1) > 1e-6, "the step goes up the gradient, not down"
    assert abs(real + 0.1) < 1e-6, (
        f"the first step is {real:.4f}, not -lr = -0.1000 whatever the "
        "gradient: look at lr and at the bias correction of m and v"
    )
    real = first(-3.0)
    assert abs(real - 0.1) < 1e-3, (
        f"the first step of a second optimizer is {real:.4f}, not 0.1000: "
        "m, v and t belong to one optimizer, not to the class"
    )
    real, eps = first(0.5, eps=0.5), 0.5
    within = -0.1 * 0.5 / (0.5**2 + eps) ** 0.5
    assert abs(real - within) > 1e-6, "eps stands under the root: add it after"
    early = -0.1 * 0.5 / (0.5 + eps / 0.001**0.5)
    assert abs(real - early) > 1e-6, "eps is added before v is corrected"
    assert abs(real + 0.05) < 1e-6, (
        f"a first gradient of 0.5 with eps=0.5 moves by {real:.4f}, not by "
        "-0.0500: look at eps, and whether wd is 0 by default"
    )
    for decay in (0.1, 0.5):
        real = first(0.0, wd=decay, adamw=True)
        assert abs(real + 0.1 * decay * 2) < 1e-6, (
            f"AdamW: a decay of {decay} moves 2 by {real:.4f}, not by "
            f"-lr * decay * 2 = {-0.2 * decay:.4f}: it stays out of m and v"
        )
        real = first(0.0, wd=decay)
        assert abs(real + 0.1) < 1e-6, (
            f"Adam: a decay of {decay} moves 2 by {real:.4f}, not by -0.1000: "
            "decay * p is added to the gradient, before m and v"
        )
    p, places = parameter(0.0), []
    optimizer = made(Adam, [p], lr=0.1)
    for gradient in (5.0, -1.0):
        p.grad = torch.full_like(p, gradient)
        optimizer.step()
        places.append(f"{p.item():.4f}")
    assert places == ["-0.1000", "-0.1511"], (
        f"gradients 5, then -1 lead from 0 to {places}, not to -0.1, -0.1511: "
        "t counts the steps, betas[0] is for m, betas[1] for v"
    )
    print("by hand:", *places)
    checks += 7

    def run(what, hint, adamw=False, **settings):
        """Five steps beside the library."""
        nonlocal checks
        matrix = (1.0, -2.0, 0.3), (4.0, 0.0, -0.1)
        values = matrix, (0.5,), (-4.0,), (7.0,)  # the last has no gradient
        ours = [parameter(*v) for v in values]
        theirs = [parameter(*v) for v in values]
        places = [p.data_ptr() for p in ours]
        given = (p for p in ours)  # a generator, like parameters()
        optimizer = made(Adam, given, adamw=adamw, **settings)
        library = torch.optim.AdamW if adamw else torch.optim.Adam
        library = library(
            theirs, weight_decay=settings.pop("wd", 0.0), **settings
        )
        for step in range(1, 6):
            late = step < 3 and "late" in what  # no gradient for ours[1] yet
            for p, q in list(zip(ours, theirs, strict=True))[
                : 1 if late else 3
            ]:
                q.grad = torch.randn_like(q) * 10 ** (step * 3 % 5 - 2)
                p.grad = q.grad.clone() if p.grad is None else p.grad
                p.grad.copy_(q.grad)  # in place: m and v are no views
            before = ours[0].detach().clone()
            optimizer.step()
            library.step()
            assert (ours[0] != before).any(), (
                f"step {step} moves nothing if `params` is a generator, such "
                "as model.parameters(): make a list of it, once"
            )
            assert ours[3].item() == 7, (
                f"{what}: a parameter without a gradient has changed"
            )
            for p, q, place in zip(ours, theirs, places, strict=True):
                assert p.data_ptr() == place, (
                    "a parameter was replaced: change it in place"
                )
                size = f"parameter of size {tuple(p.shape)}"
                assert torch.allclose(p, q, rtol=1e-6), (
                    f"{what}: {size} wrong after step {step}: {hint}"
                )
                assert torch.allclose(p, q, rtol=1e-12, atol=1e-12), (
                    f"{what}: {size} nearly right after step {step}: is the "
                    "default eps 1e-8, and are m and v of the dtype of p?"
                )
            checks += 1
        check_graph(optimizer)

    carried = (
        "do m and v carry over for each weight, m with betas[0], v with "
        "betas[1], t for each parameter? Are the defaults those of the task?"
    )
    run("default settings", carried)
    run("lr, betas, eps", carried, lr=0.1, betas=(0.8, 0.9), eps=0.01)
    run("Adam, decay of 0.1", "add decay * p to g", lr=0.1, wd=0.1)
    hint = "the weight shrinks before the step"
    run("AdamW, decay of 0.1", hint, adamw=True, lr=0.1, wd=0.1)
    hint = "each parameter counts its own steps in t"
    run("a late first gradient", hint, adamw=True, lr=0.1, wd=0.1)
    print(f"accepted: {checks} checks")
