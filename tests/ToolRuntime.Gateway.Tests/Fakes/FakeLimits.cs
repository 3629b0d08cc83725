using ToolRuntime.Limiting;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Gateway.Tests.Fakes;

/// <summary>Limits that are counted elsewhere: they answer when the test says so, or can't be asked.</summary>
internal sealed class FakeLimits : IRateLimits, IUseLimits
{
    private readonly MemoryUseLimits uses = new();

    /// <summary>What becomes of the next commands, in their order; the others are let through.</summary>
    public Queue<Task<TimeSpan?>> Answers { get; } = new();

    public bool Away { get; set; }

    public bool Shared => true;

    public async ValueTask<TimeSpan?> TakeAsync(string name, double perSecond, int burst)
    {
        Check();
        return Answers.TryDequeue(out var answer) ? await answer : null;
    }

    public async ValueTask<int> AddAsync(string name, int wanted, int limit)
    {
        await Task.Yield();
        Check();
        return await uses.AddAsync(name, wanted, limit);
    }

    public void Add(string name, int count) => uses.Add(name, count);

    public void Remove(string name, int count) => uses.Remove(name, count);

    public int Count(string name) => uses.Count(name);

    public ValueTask LookAsync(string name, int limit) => default;

    private void Check()
    {
        if (Away) throw new SessionLogUnavailableException("It is away.") { Reason = "it does not answer in time" };
    }
}
