"""Judge of Adam and AdamW: compares with torch.optim.Adam, step by step."""

import torch


def judge(Adam):
    """Raise an AssertionError that says what is wrong, or print the checks."""
    torch.manual_seed(0)
    checks = 0

    def parameter(*values):
        values = torch.tensor(values, dtype=torch.float64)
        return torch.nn.Parameter(values)

    def first(gradient, **settings):
        """How far the first step moves a parameter that is 2."""
        p = parameter(2.0)
        p.grad = torch.full_like(p, gradient)
        Adam([p], lr=0.1, **settings).step()
        assert p.grad.item() == gradient, (
            "step() changes p.grad: add the weight decay to a copy"
        )
        return p.item() - 2

    real = first(5.0)
    assert abs(real - 0.1) > 1e-6, "the step goes up the gradient, not down"
    assert abs(real + 0.1) < 1e-6, (
        f"the first step is {real:.4f}, not -lr = -0.1000 whatever the "
        "gradient: look at the bias correction of m and v"
    )
    real, eps = first(0.5, eps=0.5), 0.5
    within = -0.1 * 0.5 / (0.5**2 + eps) ** 0.5
    assert abs(real - within) > 1e-6, "eps stands under the root: add it after"
    early = -0.1 * 0.5 / (0.5 + eps / 0.001**0.5)
    assert abs(real - early) > 1e-6, "eps is added before v is corrected"
    assert abs(real + 0.05) < 1e-6, f"wrong eps: {real:.4f}, not -0.0500"
    checks += 3

    for decay in (0.1, 0.5):
        real = first(0.0, weight_decay=decay, decoupled_weight_decay=True)
        assert abs(real + 0.1 * decay * 2) < 1e-6, (
            f"decoupled decay of {decay} moves 2 by {real:.4f}, not by "
            f"-lr * decay * 2 = {-0.2 * decay:.4f}: it stays out of m and v"
        )
        real = first(1e-3, weight_decay=decay)
        assert abs(real + 0.1) < 1e-6, (
            f"L2 decay of {decay} moves 2 by {real:.4f}, not by -0.1000: it "
            "is part of the gradient, so m and v divide it away"
        )
        checks += 2

    def run(what, hint, make=lambda p: p, **settings):
        """Five steps beside the library; the second parameter starts late."""
        nonlocal checks
        ours = [parameter(1.0, -2.0, 0.3), parameter(0.5)]
        theirs = [parameter(1.0, -2.0, 0.3), parameter(0.5)]
        places = [p.data_ptr() for p in ours]
        optimizer = Adam(make(ours), **settings)
        library = torch.optim.Adam(theirs, **settings)
        for step in range(1, 6):
            for index, (p, q) in enumerate(zip(ours, theirs, strict=True)):
                if step > 2 or index == 0:
                    gradient = torch.randn_like(q) * 10 ** (step - 3)
                    q.grad = gradient.clone()
                    p.grad = gradient if p.grad is None else p.grad
                    p.grad.copy_(q.grad)  # in place: m and v are no views
            optimizer.step()
            library.step()
            for p, q, place in zip(ours, theirs, places, strict=True):
                assert p.data_ptr() == place, (
                    "a parameter was replaced: change it in place"
                )
                assert torch.allclose(p, q, atol=1e-12), (
                    f"{what}: wrong after step {step}: "
                    + (late if step > 2 and q is theirs[1] else hint)
                )
            checks += 1
        optimizer.zero_grad()
        left = [p.grad for p in ours if p.grad is not None and p.grad.any()]
        assert not left, "zero_grad() leaves gradients"

    late = (
        "this parameter has its first gradient in step 3, so t counts per "
        "parameter, and without a gradient nothing happens to it"
    )
    carried = "do t, m and v carry over from step to step?"
    run("default settings", carried)
    once = "it can be read once, so make a list of it"
    run("parameters from a generator", once, make=lambda p: (q for q in p))
    run("lr, betas, eps", carried, lr=0.1, betas=(0.8, 0.9), eps=0.01)
    run("L2 decay", "m and v see it too", lr=0.1, weight_decay=0.1)
    settings = {"weight_decay": 0.1, "decoupled_weight_decay": True}
    run("AdamW", "the weight shrinks before the step", lr=0.1, **settings)
    print(f"accepted: {checks} checks")
