using System.Collections.Concurrent;
using ToolRuntime.Gateway.Connections;

namespace ToolRuntime.Gateway.Security;

/// <summary>
/// Everything that stays open beyond its request: WebSockets and event streams. Ends those whose key is taken away, changed or expired, and counts them.
/// </summary>
internal sealed class Grants : IDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    private readonly ConcurrentDictionary<Grant, bool> grants = new();
    private readonly KeyRing ring;
    private readonly TimeProvider time;
    private readonly ITimer timer;
    private readonly Lock gate = new();
    private DateTimeOffset? due;

    public Grants(KeyRing ring, TimeProvider time)
    {
        (this.ring, this.time) = (ring, time);
        timer = time.CreateTimer(_ => Expire(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        ring.Changed += Apply;
    }

    /// <summary>Lets a connection or stream stay open, or says why not. It is told of its end once it has begun.</summary>
    public async ValueTask<(Grant? Grant, Rejection? Refusal)> TakeAsync(Credential credential)
    {
        if (await credential.Identity.Usage.ConnectAsync(credential.Identity.Limits) is { } refusal) return (null, refusal);
        var grant = new Grant(credential, this);
        grants[grant] = true;
        Watch(grant);
        if (credential is not { Key: null, Token: null }) Apply(grant); // the keys may have changed since the request was let in
        return (grant, null);
    }

    /// <summary>Goes on under another credential of the same holder.</summary>
    public void Renew(Grant grant, Credential credential)
    {
        grant.Continue(credential);
        Watch(grant);
    }

    public void Forget(Grant grant) => grants.TryRemove(grant, out _);

    public void Dispose()
    {
        ring.Changed -= Apply;
        timer.Dispose();
    }

    private void Apply()
    {
        foreach (var grant in grants.Keys) Apply(grant);
    }

    private void Apply(Grant grant)
    {
        if (grant.Credential is { Token: { } token })
        {
            if (ring.Table.FindIssuer(token.Issuer.Issuer)?.Continues(token) != true) grant.End(CloseCode.Unauthenticated, "the token counts no more");
            return;
        }

        if (grant.Credential is not { Key: { } key } credential) return;
        if (ring.Table.Find(credential.Identity.KeyId!) is not { } now || !now.Continues(key))
        {
            grant.End(CloseCode.Unauthenticated, "the key was taken away");
        }
        else if (now != key)
        {
            // A ticket may end before its key; a key's own end may have moved either way.
            var ends = credential.ExpiresAt == key.ExpiresAt || now.ExpiresAt < credential.ExpiresAt ? now.ExpiresAt : credential.ExpiresAt;
            Renew(grant, new(now.Identity, now, ends));
        }
    }

    private void Watch(Grant grant)
    {
        if (grant.Credential.ExpiresAt is not { } ends) return;
        lock (gate)
        {
            if (due <= ends) return;
            SetTimer(ends);
        }
    }

    private void SetTimer(DateTimeOffset? next)
    {
        due = next;
        var wait = next - time.Wall().GetUtcNow() ?? Timeout.InfiniteTimeSpan;
        timer.Change(next is null ? wait : TimeSpan.FromTicks(Math.Clamp(wait.Ticks, 0, LongestWait.Ticks)), Timeout.InfiniteTimeSpan);
    }

    private void Expire()
    {
        lock (gate) due = null;
        var now = time.Wall().GetUtcNow();
        foreach (var grant in grants.Keys)
        {
            if (grant.Credential.ExpiresAt <= now) grant.End(CloseCode.TokenExpired, "the token has expired");
            else Watch(grant);
        }
    }
}

/// <summary>One connection's or stream's leave to stay open, and the sessions that it holds open.</summary>
internal sealed class Grant(Credential credential, Grants grants) : IDisposable
{
    private readonly Lock gate = new();
    private Credential current = credential;
    private Action<CloseCode, string>? end;
    private (CloseCode Code, string Reason)? ended;
    private int sessions;
    private bool over;

    public Credential Credential => Volatile.Read(ref current);

    public Identity Identity => Credential.Identity;

    /// <summary>Says what is to be called when the grant ends; at once where it has ended already.</summary>
    public void Begin(Action<CloseCode, string> ending)
    {
        lock (gate)
        {
            end = ending;
            if (ended is var (code, reason)) ending(code, reason);
        }
    }

    /// <summary>Counts one more open session; a refusal if the key has as many as it may.</summary>
    public async ValueTask<Rejection?> OpenSessionAsync()
    {
        var identity = Identity;
        if (await identity.Usage.OpenSessionAsync(identity.Limits) is { } refusal) return refusal;
        lock (gate)
        {
            if (!over && identity.Usage != Identity.Usage) Identity.Usage.JoinSession();
            if (over || identity.Usage != Identity.Usage) identity.Usage.CloseSession();
            if (over) return new(ErrorCode.Unavailable, "The connection has ended.", Retryable: true);
            sessions++;
            return null;
        }
    }

    public void CloseSession()
    {
        lock (gate)
        {
            if (over) return;
            sessions--;
            Identity.Usage.CloseSession();
        }
    }

    /// <summary>See <see cref="Grants.Renew"/>.</summary>
    public void Continue(Credential next)
    {
        lock (gate)
        {
            if (over) return;
            if (next.Identity.Usage != Identity.Usage)
            {
                next.Identity.Usage.Join(sessions);
                Identity.Usage.Leave(sessions);
            }

            Volatile.Write(ref current, next);
        }
    }

    /// <summary>Ends what the grant is for; it is disposed by who took it.</summary>
    public void End(CloseCode code, string reason)
    {
        lock (gate)
        {
            if (over) return;
            ended = (code, reason);
            end?.Invoke(code, reason);
        }
    }

    /// <summary>Gives back what the key's limits count.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            if (over) return;
            over = true;
            Identity.Usage.Leave(sessions);
        }

        grants.Forget(this);
    }
}
