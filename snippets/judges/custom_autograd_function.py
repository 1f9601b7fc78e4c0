"""Judge of a custom autograd.Function: compares with autograd's own result."""

import torch
import torch.nn.functional as F


def judge(SiLU):
    """Raise an AssertionError that says what is wrong, or print the checks."""
    torch.manual_seed(0)
    x = torch.randn(3, 4, dtype=torch.float64, requires_grad=True)
    assert torch.allclose(SiLU.apply(x), F.silu(x)), (
        "the output differs from F.silu"
    )
    single = x.detach().float()
    assert SiLU.apply(single).dtype == torch.float32, (
        f"{SiLU.apply(single).dtype} from float32"
    )
    checks = 2

    ones = torch.ones_like(x)
    for factor in (ones, torch.randn_like(x)):
        (real,) = torch.autograd.grad(SiLU.apply(x), x, factor)
        (due,) = torch.autograd.grad(F.silu(x), x, factor)
        hint = "" if factor is ones else ": multiply by grad_output"
        assert torch.allclose(real, due), f"wrong gradient of x{hint}"
        checks += 1

    far = torch.tensor([-1000.0, 1000.0], requires_grad=True)
    (slopes,) = torch.autograd.grad(SiLU.apply(far).sum(), far)
    assert slopes.tolist() == [0, 1], (
        f"slopes {slopes.tolist()} at -1000 and 1000: torch.sigmoid does not "
        "overflow"
    )
    checks += 1

    changed = x.clone()
    y = SiLU.apply(changed)
    changed.detach().mul_(2)
    try:
        (real,) = torch.autograd.grad(y.sum(), x)
    except RuntimeError:
        pass  # refused
    else:
        (due,) = torch.autograd.grad(F.silu(x).sum(), x)
        assert torch.allclose(real, due), (
            "x was changed after the forward pass, and the gradient is wrong "
            "without an error: keep tensors with ctx.save_for_backward"
        )
    checks += 1

    def second(function):
        loss = function(x).square().sum()  # so grad_output has a graph
        slope = torch.autograd.grad(loss, x, create_graph=True)[0]
        return torch.autograd.grad(slope.sum(), x)[0]

    due = second(F.silu)
    try:
        real = second(SiLU.apply)
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
