"""Judge of a custom autograd.Function: compares with autograd's own result."""

import torch
import torch.nn.functional as F


def judge(Swish):
    """Raise an AssertionError that says what is wrong, or print the checks."""
    torch.manual_seed(0)
    x = torch.randn(3, 4, dtype=torch.float64, requires_grad=True)
    beta = torch.tensor(1.5, dtype=torch.float64, requires_grad=True)

    def gradients(function, x, beta, factor):
        return torch.autograd.grad(function(x, beta), [x, beta], factor)

    def swish(x, beta):
        return x * torch.sigmoid(beta * x)

    one = torch.ones_like(beta)
    assert torch.allclose(Swish.apply(x, one), F.silu(x)), (
        "the output for beta = 1 differs from F.silu"
    )
    assert torch.allclose(Swish.apply(x, beta), swish(x, beta)), (
        "wrong output for beta = 1.5"
    )
    checks = 2

    ones = torch.ones_like(x)
    for factor in (ones, torch.randn_like(x)):
        real = gradients(Swish.apply, x, beta, factor)
        due = gradients(swish, x, beta, factor)
        for name, a, b in zip(("x", "beta"), real, due, strict=True):
            hint = "" if factor is ones else ": multiply by grad_output"
            assert torch.allclose(a, b), f"wrong gradient of {name}{hint}"
            checks += 1

    for needed in ((True, False), (False, True)):
        inputs = [
            t.detach().requires_grad_(n)
            for t, n in zip((x, beta), needed, strict=True)
        ]
        raw = Swish.apply(*inputs).grad_fn.apply(ones)
        for name, n, gradient in zip(("x", "beta"), needed, raw, strict=True):
            assert n or gradient is None, (
                f"backward computes a gradient of {name}, which does not "
                "require one: look at ctx.needs_input_grad, return None"
            )
        checks += 1

    changed = x.clone()
    y = Swish.apply(changed, beta)
    changed.detach().mul_(2)
    try:
        real = torch.autograd.grad(y.sum(), x)[0]
    except RuntimeError:
        pass  # refused
    else:
        due = torch.autograd.grad(swish(x, beta).sum(), x)[0]
        assert torch.allclose(real, due), (
            "x was changed after the forward pass, and the gradient is wrong "
            "without an error: keep tensors with ctx.save_for_backward"
        )
    checks += 1

    def second(function):
        loss = function(x, beta).square().sum()  # so grad_output has a graph
        slope = torch.autograd.grad(loss, x, create_graph=True)[0]
        x.grad = None
        slope.sum().backward()
        return x.grad

    due = second(swish)
    try:
        real = second(Swish.apply)
    except RuntimeError as error:
        assert "does not require grad" not in str(error), (
            "the gradient has no graph, so beside another term the second "
            "derivative is lost without an error: mark backward "
            "@once_differentiable"
        )
    else:
        assert torch.allclose(real, due), (
            "the second derivative is wrong without an error: compute what "
            "depends on x in backward, or mark it @once_differentiable"
        )
    print(f"accepted: {checks + 1} checks")
