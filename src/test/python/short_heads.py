"""Short heads, one a line, most of them with one thing that a proof of linearity has to think of.

Each line is code that makes a new map h of h [N,6,h,w]; ";" ends a statement, "|" a line of a block. What they need
beside the network of random_heads.py stands below them.
"""

import random_heads

AFFINE = """
h = self.up(h)
h = self.zp(h)
h = self.ct(h)
h = self.ap(h)
h = self.bnn(h)
h = self.din(h)
h = self.d2(h)
h = self.ad(h)
h = self.inorm2(h)
h = self.seq(h)
h = F.fold(F.unfold(h, [3, 3], padding=1), [8, 8], [3, 3], padding=1) * 0.2
h = F.avg_pool2d(h, h.size()[2:])
h = F.avg_pool2d(h, kernel_size=[h.size(2), h.size(3)])
a, b, c = h.split([1, 2, 3], 1); h = torch.cat([c, a, b], 1)
a = h.tensor_split(3, 1); h = torch.cat([a[2], a[0], a[1]], 1)
h = torch.stack(h.unbind(1)[::-1], 1)
h = h.tril()
h = h + h.diagonal(0, 2, 3).sum(2)[:, :, None, None]
h = h.index_copy(1, self.order[:2], h[:, 2:4])
h = h.clone(); h.index_fill_(1, self.order[:2], 0.5)
h = h.clone(); h.index_add_(1, self.order, h * 2, alpha=0.5)
h = torch.zeros_like(h).scatter_add(1, self.order.reshape(1, 6, 1, 1).expand_as(h), h)
h = h.narrow(1, 0, 3).repeat(1, 2, 1, 1)
h = torch.hstack([h[:, :3], h[:, 3:]])
o = h.new_zeros(h.shape); o[:, 1:3] = h[:, 1:3]; h = o
o = h.new_zeros([h.size(0), 6, h.size(2), h.size(3)]); o += h; h = o
h = h * torch.arange(6).reshape(6, 1, 1)
h = h * torch.linspace(0.1, 1, 6)[:, None, None]
h = torch.einsum("nchw,cd->ndhw", h, torch.eye(6))
h = h.type_as(x)
h = h.to(x.dtype).to(x.device)
h = h.clone(memory_format=torch.channels_last)
h = h.contiguous(memory_format=torch.channels_last) * 2
h = h.to(memory_format=torch.channels_last)
h = h[..., ::2]
h = h[:, [0, 2, 4, 1, 3, 5]]
h = h[:, -1:].expand(-1, 6, -1, -1)
h = h[:, None].sum(1)
h = h[:, self.mask.flatten()].repeat(1, 2, 1, 1)
h = self.choose(h, None)
h = self.choose(h, self.scale)
h = self.early(h, 4)
h = self.early(h, h.size(1))
i = 0; |while i < 3:|    h = h * 0.5 + i|    i += 1
for i, m in enumerate(self.blocks):|    h = h + m(h) * (i + 1)
for k, m in self.parts.items():|    h = h + m(h)
acc = torch.zeros_like(h);|for i in range(3):|    acc = acc + h * i|h = acc
acc = torch.zeros([1, 6, 8, 8]);|for i in range(3):|    acc += h * i|h = acc
acc = torch.zeros_like(h);|for i in range(6):|    acc[:, i] = h[:, 5 - i] * i|h = acc
s = 0.0;|for f in [0.5, 1.5]:|    s += f|h = h * s
ws = [1.0, 2.0, 3.0];|for i, w in enumerate(ws):|    h = h + w * i
for a, b in zip([1.0, 2.0], [3.0, 4.0]):|    h = h * a + b
ws = sorted([3.0, 1.0, 2.0]); h = h * ws[0]
if h.size(2) > 4:|    h = h * 2
if h.dim() != 4:|    raise ValueError("bad shape")
assert h.size(1) == 6
print("shape", h.size(1))
h = h.clone(); h[:, 0] = h[:, 1].clone()
h = h.clone().transpose_(2, 3)
h = h.clone().neg_().div_(2).sub_(1)
h = h.clone().addcmul_(self.scale, self.scale)
h = h.clone().lerp_(torch.ones_like(h), 0.3)
o = h.clone(); o.zero_(); h = h + o
o = h.clone(); o.fill_(1.0); h = h + o
h = h * torch.exp(self.temperature)
h = h * torch.sigmoid(self.scale)
h = F.conv2d(h, torch.tanh(self.mix.weight), self.mix.bias)
h = F.conv2d(h, self.mix.weight * self.temperature)
h = h.add(1, alpha=2)
h = h - h.mean([2, 3], keepdim=True)
h = h - h.mean(1, keepdim=True) * 0.5 + h[:, :1]
h = h.sum(1, keepdim=True).expand_as(h)
h = torch.tensordot(h, self.matrix, [[1], [0]]).permute(0, 3, 1, 2)
h = h.flatten(1).unflatten(1, [6, 8, 8])
h = h.reshape(-1, 6, 64).bmm(torch.eye(64).unsqueeze(0)).reshape(-1, 6, 8, 8)
h = torch.where(torch.arange(8) > 3, h, h * 2)
h = h.masked_scatter(self.mask, torch.zeros_like(h))
h = torch.rot90(h, 1, [2, 3])
h = torch.cat([h, x.mean(1, keepdim=True)], 1)[:, 1:]
s = F.max_pool2d(torch.relu(self.skip(x)), 3, 1, 1); h = h + s
s = self.skip(x); s = s / s.norm(); h = h + s
s = torch.where(x > 0, x, -x).mean(); h = h + s
s = x[x > 0].mean(); h = h + s
n = torch.where(x > 0)[0].size(0); h = h + n * 0.01
n = int(x.sum()); h = h + n
y = x.clone();|if bool(x.mean() > 0):|    y.mul_(2)|h = h + y.mean()
h = h + torch.rand_like(h)
h = h + F.dropout(self.skip(x), 0.5, True)
h = h + h.detach()
h = h + torch.sign(h.detach())
h = h + (h > 0.5).float()
h = h + float(h.mean())
h = h + h.argmax(1, keepdim=True)
h = h + torch.argsort(h, 1) * 0.1
t: Tuple[torch.Tensor, List[torch.Tensor]] = (h, [h, h]); t[1].append(h * 2); h = t[0] + t[1][2]
q: List[List[torch.Tensor]] = [[h], [h, h]]; q[0].append(h * 3); h = q[0][1] + q[1][0]
d: Dict[str, List[torch.Tensor]] = {"a": [h]}; d["a"].append(h * 2); h = d["a"][1] + h
d: Dict[int, torch.Tensor] = {3: h, 5: h * 2}; h = d[5] + d[3]
d = {"a": h, "b": torch.relu(h)}; h = d["a"] * 2
p = [h, torch.relu(h)]; h = p[0] * 2
p = [h, torch.tanh(h)]; p.append(h * 3); h = p[2] + p[0]
a, b = torch.relu(h), h * 2; h = b
d: Dict[str, torch.Tensor] = {}; d["out"] = h; d["aux"] = torch.relu(h); h = d["out"]
p = [h] * 3; h = torch.stack(p).sum(0)
p = [h, h * 2, h * 3][1:]; h = p[0] + p[1]
p = [h, h * 2]; p.reverse(); h = p[0] + p[1]
p = [h, h * 2]; q = p.pop(); h = q + p[0]
p = [h] + [h * 2]; h = p[1] + h
p = [i * 0.5 for i in range(6)]; h = h * torch.tensor(p).reshape(6, 1, 1)
p = [h * i for i in range(4)]; h = torch.stack(p).mean(0)
h = self.bil(h.mean([2, 3]), torch.ones([1, 6]))[:, :, None, None]
h = F.interpolate(h, scale_factor=0.5, mode="bicubic")
h = F.interpolate(h, size=h.shape[2:], mode="bilinear")
h = F.interpolate(h, size=[4, 4], mode="area")
h = F.adaptive_avg_pool2d(h, [4, 4])
h = F.pixel_shuffle(h.repeat(1, 4, 1, 1), 2)
h = F.pixel_unshuffle(h[:, :3], 2)[:, :6]
h = torch.channel_shuffle(h, 2)
v = h.permute(0, 2, 3, 1).reshape(-1, 6); v = F.linear(v, self.square.weight); h = v.reshape(h.size(0), h.size(2), h.size(3), 6).permute(0, 3, 1, 2)
x -= 0.5; h = h + x.mean()
x.mul_(2); h = h + x.std()
h = h.cumsum(2) * 0.1
h = h.diff(dim=2)
h = h.to(torch.bfloat16).float() * 0 + h
e = torch.empty([6]); e.fill_(2.0); h = h + e[:, None, None]
h = h * (h.numel() / h.size(0) / 100)
h = h * len([1, 2, 3])
h = torch.addcdiv(h, h, self.scale)
h = h.repeat_interleave(2, 1)[:, ::2]
h = torch.broadcast_to(h.mean([2, 3], keepdim=True), h.shape)
h = torch.movedim(h, 1, 3).movedim(3, 1)
h = h.expand(h.size(0), -1, -1, -1)
h = h * self.tensors[1]
h = torch.flip(h, [2, 3]) + h
h = h.sub(h, alpha=0.5)
h = torch.sum(torch.stack([h, h]), dim=0)
h = h[:, torch.tensor([5, 4, 3, 2, 1, 0])]
h = torch.nn.functional.pad(h, [1, 1, 1, 1], value=2.0)
h = torch.nn.functional.pad(h, [1, 1, 1, 1], mode="replicate")
h = torch.nn.functional.pad(h, [1, 1, 1, 1], mode="circular")
h = h.mul(2).true_divide(3)
h = h / torch.tensor(2.0)
h = h / self.scale
h = 1 - h
h = h + 0 * torch.relu(self.skip(x))
"""

OTHER = """
h = self.bnt(h) + h.amax([2, 3], keepdim=True)
h = self.early_image(h, x)
h = self.choose(h, x.mean())
y: Optional[torch.Tensor] = None;|if bool(x.mean() > 0):|    y = torch.ones(1) * 2|if y is not None:|    h = h * 3
s = 1.0;|if bool(x.mean() > 0):|    s = 2.0|h = h * s
s = [1.0];|if bool(x.mean() > 0):|    s.append(2.0)|h = h * s[-1]
s = [1.0];|if bool(x.mean() > 0):|    s[0] = 3.0|h = h * s[0]
d = {"a": 1.0};|if bool(x.mean() > 0):|    d["a"] = 3.0|h = h * d["a"]
d = {"a": 1.0};|if bool(x.mean() > 0):|    d["b"] = 3.0|h = h * len(d)
d = {"a": 1.0};|if bool(x.mean() > 0):|    d["b"] = 3.0|if "b" in d:|    h = h * 2
e = torch.ones(1);|if bool(x.mean() > 0):|    e.fill_(2.0)|h = h * e
e = torch.ones(1); v = e.view(1);|if bool(x.mean() > 0):|    v.fill_(2.0)|h = h * e
e = torch.ones(1); p = [e];|if bool(x.mean() > 0):|    p[0].fill_(2.0)|h = h * e
e = torch.ones(3); e[int(x.abs().sum()) % 3] = 5.0; h = h * e[1]
e = torch.ones(3); h = h * e[:int(x.abs().sum()) % 3 + 1].sum()
e = torch.arange(6.); h = h * e[int(x.abs().sum()) % 6]
h = torch.roll(h, [int(x.abs().sum()) % 6], [1]) * self.scale
h = h.repeat(1, int(x.abs().sum()) % 4 + 1, 1, 1).reshape(1, 6, -1, 8).sum(2, keepdim=True)
n = (x > 0).sum(); h = h * n * 0.01
n = (x > 0).nonzero().shape[0]; h = h * (n * 0.01)
n = len(x[x > 0]); h = h * (n * 0.01)
n = x.masked_select(x > 0).size(0); h = h * (n * 0.01)
n = torch.ones(int(x.abs().sum())).sum(); h = h * n * 0.01
n = torch.ones([3, 3]).expand(int(x.abs().sum()), 3, 3).mean([1, 2]).sum(); h = h * n * 0.01
n = torch.bincount((x.flatten().abs() * 3).long()).size(0); h = h * n
n = F.one_hot((x.flatten().abs() * 3).long()).size(1); h = h * n
n = torch.repeat_interleave(torch.arange(2), (x.flatten()[:2].abs() * 5).long() + 1).size(0); h = h * n
n = 0;|for i in range(int(x.abs().sum()) % 5):|    n += 1|h = h * (n + 1)
n = 0;|while bool(x.abs().sum() > 50 * n):|    n += 1|h = h * n
s = "a" if bool(x.mean() > 0) else "bb"; h = h * len(s)
s = str(float(x.mean())); h = h * len(s) if s.startswith("-") else h
h = h * torch.randint(1, 5, [1])
h = h * (torch.randperm(6).reshape(1, 6, 1, 1) + 1)
h = h * torch.randn_like(self.scale)
h = h * torch.bernoulli(torch.full([1, 6, 1, 1], 0.5)) + h
h = h[:, torch.randperm(6)] * self.scale
h = F.rrelu(h - 0.3, training=True)
h = F.alpha_dropout(h, 0.5, True)
g = h.detach(); h = h * torch.sigmoid(g)
g = float(h.mean()); h = h * g
g = h.sign(); h = h * g
g = (h > 0.5).float(); h = h * g
g = h.argmax(1); h = h.gather(1, g.unsqueeze(1)) * self.scale
g = h.topk(3, 1)[1]; h = h.gather(1, g).repeat(1, 2, 1, 1) * self.scale
g = torch.sort(h, 1)[0]; h = g * self.scale
h = torch.std(h, 1, keepdim=True) + h
h = h.var([2, 3], keepdim=True) + h
h = torch.addcmul(h, h, h)
h = torch.lerp(h, h * 2, torch.sigmoid(x.mean()))
h = torch.lerp(h, h * 2, torch.sigmoid(h))
h = torch.where(x.mean() > 0, h, h * 2)
h = torch.where(x[:, :1] > 0, h, h * 2)
h = h.masked_fill(x[:, :1] > 0, 0.0)
h = h.clone(); h[x.mean(1, keepdim=True).expand_as(h) > 0] = 0.0
h = h.clone(); h[:, 0:2] *= h[:, 2:4].clone()
h = h.clone(); h[:, 0:2] += torch.relu(h[:, 2:4] - 0.5)
o = torch.zeros_like(h); o[:, 0:2].copy_(torch.relu(h[:, 2:4] - 0.5)); h = h + o
o = torch.zeros_like(h); o[:, 0] = h[:, 0] ** 2; h = h + o
o = torch.zeros_like(h); w = o[:, 1:3]; w += torch.tanh(h[:, 1:3]); h = h + o
o = torch.zeros_like(h); w = o.view(-1); q = w.view(o.shape); q += torch.tanh(h); h = h + o
o = torch.zeros_like(h); a = o.expand(-1, -1, -1, -1); a.add_(torch.tanh(h)); h = h + o
o = torch.zeros_like(h); a = o.detach(); a.add_(torch.tanh(h).detach() * 5); h = h * (o + 1)
o = torch.ones([1]); o.data.copy_(x.mean().reshape(1)); h = h * o
o = torch.ones([1]); o.detach().copy_(x.mean().reshape(1)); h = h * o
o = torch.ones([1, 6, 1, 1]); o.index_fill_(1, torch.argsort(x.mean([0, 2, 3]))[:1], 5.0); h = h * o
o = torch.ones([1, 6, 1, 1]); o.scatter_(1, torch.argsort(x.mean([0, 2, 3]))[:1].reshape(1, 1, 1, 1), 5.0); h = h * o
o = torch.ones([6]); o.put_(torch.argsort(x.mean([0, 2, 3]))[:1], torch.ones(1) * 5); h = h * o[:, None, None]
o = torch.ones([6]); o.masked_fill_(torch.arange(6) < (x > 0).sum() % 6, 3.0); h = h * o[:, None, None]
o = torch.arange(6.); o = o[torch.argsort(x.mean([0, 2, 3]).repeat(2) + torch.arange(6) * 0.01)]; h = h * o[:, None, None]
p = [h, h * 2]; h = p[int(x.abs().sum()) % 2]
p = [h, h * 2]; q = p[int(x.abs().sum()) % 2]; q2 = q + 1; h = q2
p = [h, h * 2]; h = p.pop(int(x.abs().sum()) % 2)
p = [h, h * 2];|if bool(x.mean() > 0):|    p.reverse()|h = p[0]
p = [h];|if bool(x.mean() > 0):|    p.append(h * 5)|h = torch.stack(p).sum(0)
p = [h];|for i in range(int(x.abs().sum()) % 3):|    p.append(h * 5)|h = torch.stack(p).sum(0)
p = [h] * (int(x.abs().sum()) % 3 + 1); h = torch.stack(p).sum(0)
p = [h, h * 2, h * 3][int(x.abs().sum()) % 2:]; h = p[0]
p = [1.0, 2.0, 3.0]; p.insert(int(x.abs().sum()) % 3, 9.0); h = h * p[1]
p = [3.0, float(x.std()), 0.7]; p.sort(); h = h * p[1]
p = sorted([3.0, float(x.std()), 0.7]); h = h * p[0]
p = [1.0]; p.extend([float(x.std())]); h = h * p[1]
p = [1.0] + [float(x.std())]; h = h * p[1]
p = [1.0, 2.0]; del p[int(x.abs().sum()) % 2]; h = h * p[0]
p = [1.0, 2.0]; p.remove(1.0 if bool(x.mean() > 0) else 2.0); h = h * p[0]
p = [1.0, 2.0, 1.0];|if bool(x.mean() > 0):|    p.clear()|h = h * (len(p) + 1)
t = (h, torch.relu(h - 0.3)); h = t[0] + t[1]
d: Dict[int, float] = {0: 0.5, 1: 2.0}; h = h * d[int(x.abs().sum()) % 2]
d: Dict[int, float] = {int(x.abs().sum()) % 2: 0.5, 5: 2.0}; h = h * len(d) * d.get(0, 3.0)
d: Dict[str, torch.Tensor] = {"a": h}; q = d; q["a"] = torch.tanh(h); h = d["a"]
d: Dict[str, torch.Tensor] = {"a": h}; d.setdefault("b", torch.tanh(h)); h = d["b"] + h
d: Dict[str, List[torch.Tensor]] = {"a": [h]}; d["a"].append(torch.tanh(h)); h = d["a"][1] + h
q: List[List[torch.Tensor]] = [[h], [h]]; w = q[0]; w[0] = torch.tanh(h); h = q[0][0]
q: List[List[torch.Tensor]] = [[h]] * 2; q[1].append(torch.tanh(h)); h = q[0][1] + h
p = [h]; q = p; q.append(torch.tanh(h)); h = p[-1]
p = [h.clone()]; q = p.copy(); q[0].tanh_(); h = p[0]
p = [h.clone(), h.clone()];|for w in p:|    w.tanh_()|h = p[1]
a, b = h.clone(), h.clone();|for i in range(2):|    a, b = b, a|    a.tanh_()|h = a + b
y = h;|for i in range(3):|    z = y|    y = torch.tanh(z)|h = y
y = h; z = h;|for i in range(3):|    y = z|    z = torch.tanh(h)|h = y
m = Memory(h); n = m; n.remember(torch.tanh(h)); h = m.value
self.tensors[0].copy_(x.mean().reshape(1)); h = h * self.tensors[0]
self.tensors[0] = x.mean().reshape(1); h = h * self.tensors[0]
self.tensors.append(x.mean().reshape(1)); h = h * self.tensors[-1]
self.scale.mul_(1.01); h = h * self.scale
self.scale.data.mul_(1.01); h = h * self.scale
w = self.scale; w += 0.1; h = h * self.scale
w = self.scale.view(-1); w[0] = x.mean(); h = h * self.scale
w = self.scale.detach(); w.add_(0.1); h = h * self.scale
self.recorder.seen = x.mean().reshape(1); h = h * self.recorder.seen
self.last += x.mean(); h = h * self.last
h = F.batch_norm(h, self.norm.running_mean, self.norm.running_var, training=True) + h.amax([2, 3], keepdim=True)
q = F.batch_norm(x, self.norm.running_mean[:3], self.norm.running_var[:3], training=True); h = h + q.mean(); h = h * self.norm.running_mean[0]
q = F.batch_norm(self.skip(x), self.norm.running_mean, self.norm.running_var, training=True, momentum=0.5); h = self.norm(h)
h = h - h.amin([2, 3], keepdim=True)
h = h * torch.einsum("nchw->nc", h)[:, :, None, None]
h = torch.einsum("nchw,nchw->nchw", h, h)
h = torch.einsum("nchw,n->nchw", h, x.mean([1, 2, 3]))
h = h.matmul(h.transpose(2, 3))
h = F.conv2d(h, h.mean([2, 3]).reshape(6, 1, 1, 1), groups=6)
h = F.conv2d(h, x.mean() * self.mix.weight)
h = F.bilinear(h.mean([2, 3]), h.mean([2, 3]), torch.ones([6, 6, 6]))[:, :, None, None]
h = F.embedding((x.flatten()[:1].abs()).long() % 6, self.matrix)[:, :, None, None] * h
h = F.grid_sample(h, x[:, :2].permute(0, 2, 3, 1), align_corners=False)
h = F.hardtanh(h, 0.0, 0.5)
h = F.softplus(h)
h = h.clamp(max=0.5)
h = h.clamp_(max=0.5)
h = torch.minimum(h, torch.ones_like(h) * 0.5)
h = h.fmod(0.5) * h
h = h ** 2
h = torch.nan_to_num(1 / (h - 0.5), 0.0, 0.0, 0.0) * 0.01
h = h / h.sum([1, 2, 3], keepdim=True)
h = F.normalize(h.flatten(1), dim=1).reshape(h.shape)
h = h * F.cosine_similarity(h, h.flip([1]), 1).unsqueeze(1)
h = h + F.scaled_dot_product_attention(h, h, h)
h = h.view(torch.int32).view(torch.float32) * h
h = h + torch.linalg.norm(h)
h = torch.cumprod(h, 1)
h = torch.logsumexp(h, 1, keepdim=True) + h
"""

PREAMBLE = random_heads.PREAMBLE.replace("NamedTuple\n", "NamedTuple, Optional, Tuple\n", 1)

FIELDS = """
        self.up, self.zp = nn.Upsample(scale_factor=2), nn.ZeroPad2d(1)
        self.ct, self.ap = nn.ConvTranspose2d(6, 6, 3), nn.AvgPool2d(2)
        self.bnn, self.bnt = nn.BatchNorm2d(6, affine=False), nn.BatchNorm2d(6, track_running_stats=False)
        self.din, self.d2, self.ad = nn.Dropout(0.5, inplace=True), nn.Dropout2d(0.5), nn.AlphaDropout(0.5)
        self.inorm2 = nn.InstanceNorm2d(6, track_running_stats=True)
        self.bil = nn.Bilinear(6, 6, 6)
        self.seq = nn.Sequential(nn.Conv2d(6, 6, 1), nn.Identity(), nn.BatchNorm2d(6), nn.AvgPool2d(2))
        self.parts = nn.ModuleDict({"a": nn.Conv2d(6, 6, 1), "b": nn.Conv2d(6, 6, 1)})
        self.temperature = nn.Parameter(torch.tensor(0.3))
        self.tensors: List[torch.Tensor] = [torch.ones(1), torch.ones(1) * 2]
"""

METHODS = '''
    def choose(self, x, y: Optional[torch.Tensor]):
        if y is None:
            return x
        return x * y

    def early(self, x, n: int):
        if n > 3:
            return x * 2
        return x + 1

    def early_image(self, x, y):
        if bool(y.mean() > 0):
            return x * 2
        return x + 1
'''


def preamble():
    """The network without the heads."""
    mark = "        self.count: int = 1\n"
    return PREAMBLE.replace(mark, mark + FIELDS.lstrip("\n")) + METHODS


def heads():
    """Name and lines of each; half of them have a linear path beside."""
    for kind, text in (("affine", AFFINE), ("other", OTHER)):
        for number, line in enumerate(text.strip().split("\n")):
            code = []
            for part in line.split("|"):
                indent = len(part) - len(part.lstrip())
                code += [" " * indent + s.strip() for s in part.split(";") if s.strip()]
            plain = number % 2 == 0
            first = ["plain = self.fc(h.mean([2, 3]))"] if plain else []
            last = ["v = h.mean([2, 3])", "return plain + self.fc(v)" if plain else "return self.fc(v)"]
            yield f"{kind}_{number}", ["h = self.layer(x)"] + first + code + last
