using Orleans.Concurrency;

namespace ToolRuntime.Engine.Tests.Activations;

public interface ILifecycleGrain : IGrainWithStringKey
{
    Task<int> Incarnation();

    Task DeactivateThenWait(string gate);

    Task Deactivate();

    Task Delay(TimeSpan time);

    Task Wait(string gate);

    [OneWay]
    Task Note(string entry);
}

public interface IFailingGrain : IGrainWithStringKey
{
    Task Nothing();
}

[GrainType("lifecycle")]
internal sealed class LifecycleGrain(Journal journal) : Grain, ILifecycleGrain, IAsyncDisposable
{
    private static int last;
    private readonly int incarnation = Interlocked.Increment(ref last);

    private string Key => this.GetPrimaryKeyString();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await Task.Yield();
        journal.Add("activated");
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        journal.Add($"deactivating {reason.ReasonCode}");
        if (Key.StartsWith("slow", StringComparison.Ordinal))
            await Gates.PassAsync(Key);
        journal.Add("deactivated");
    }

    public ValueTask DisposeAsync()
    {
        journal.Add("disposed");
        return ValueTask.CompletedTask;
    }

    public Task<int> Incarnation() => Task.FromResult(incarnation);

    public async Task DeactivateThenWait(string gate)
    {
        DeactivateOnIdle();
        journal.Add("asked");
        await Gates.PassAsync(gate);
        journal.Add("request ends");
    }

    public Task Deactivate()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task Delay(TimeSpan time)
    {
        DelayDeactivation(time);
        return Task.CompletedTask;
    }

    public async Task Wait(string gate)
    {
        journal.Add("waiting");
        await Gates.PassAsync(gate);
    }

    public Task Note(string entry)
    {
        journal.Add(entry);
        return Task.CompletedTask;
    }
}

[GrainType("failing")]
internal sealed class FailingGrain(Journal journal) : Grain, IFailingGrain, IDisposable
{
    private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, int> Attempts = new();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        journal.Add("activating");
        await Gates.PassAsync(this.GetPrimaryKeyString());
        if (Attempts.AddOrUpdate(this.GetPrimaryKeyString(), 1, (_, attempts) => attempts + 1) == 1)
            throw new InvalidOperationException("not today");
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        journal.Add("deactivated");
        return Task.CompletedTask;
    }

    public void Dispose() => journal.Add("disposed");

    public Task Nothing() => Task.CompletedTask;
}
