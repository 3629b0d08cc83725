using ToolRuntime.Limiting;
using ToolRuntime.Runners;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Grains.Tests.Runners;

public sealed class ExecutionSharesTests
{
    private static readonly ExecutionAccount Two = new("ann", 2);

    private readonly ExecutionShares shares = new();

    [Fact]
    public async Task Take_UpToTheLimit_IsImmediateAndFullThen()
    {
        Assert.False(shares.IsFull("acme", "ann", 2));
        await TakeAsync(Two);
        Assert.False(shares.IsFull("acme", "ann", 2));
        await TakeAsync(Two);

        Assert.True(shares.IsFull("acme", "ann", 2));
        Assert.False(shares.IsFull("acme", "ann", 3));
        Assert.False(shares.IsFull("acme", "ann", 0));
        Assert.False(shares.IsFull("acme", "bob", 2));
        Assert.False(shares.IsFull("else", "ann", 2));
    }

    [Fact]
    public async Task Take_BeyondTheLimit_WaitsInOrderAndHoldsUpNobodyElse()
    {
        var first = await TakeAsync(Two);
        var second = await TakeAsync(Two);
        var third = shares.TakeAsync("acme", Two).AsTask();
        var fourth = shares.TakeAsync("acme", Two).AsTask();
        await TakeAsync(new("bob", 1));
        Assert.False(third.IsCompleted || fourth.IsCompleted);

        first!.Dispose();
        await third;
        Assert.False(fourth.IsCompleted);
        second!.Dispose();
        await fourth;

        Assert.True(shares.IsFull("acme", "ann", 2));
    }

    [Fact]
    public async Task Dispose_Twice_GivesOnePlaceBack()
    {
        var first = await TakeAsync(Two);
        await TakeAsync(Two);
        var third = shares.TakeAsync("acme", Two).AsTask();
        var fourth = shares.TakeAsync("acme", Two).AsTask();

        first!.Dispose();
        first.Dispose();

        await third;
        Assert.False(fourth.IsCompleted);
    }

    [Fact]
    public async Task Take_CancelledWhileWaiting_LeavesItsPlaceToTheNext()
    {
        var one = new ExecutionAccount("ann", 1);
        using var gone = new CancellationTokenSource();
        var first = await TakeAsync(one);
        var second = shares.TakeAsync("acme", one, cancellationToken: gone.Token).AsTask();
        var third = shares.TakeAsync("acme", one).AsTask();

        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        first!.Dispose();

        (await third)!.Dispose();
        Assert.NotNull(await TakeAsync(one));
    }

    [Fact]
    public async Task Take_NoLimit_NeedsNoPlace()
    {
        Assert.Null(await TakeAsync(null));
        Assert.Null(await TakeAsync(new("ann", 0)));
    }

    [Fact]
    public async Task Take_HeldElsewhereOrNotToBeTold_WaitsUntilThereIsRoom()
    {
        var (uses, time) = (new SharedUses(), new FakeTimeProvider());
        var here = new ExecutionShares(uses, time);
        uses.Add(SharedUses.Ann, 1);
        var waiting = Enumerable.Range(0, 3).Select(_ => here.TakeAsync("acme", Two).AsTask()).ToArray();
        await waiting[0]; // one is free
        Assert.True(here.IsFull("acme", "ann", 2));

        uses.Away = true;
        uses.Remove(SharedUses.Ann, 1); // elsewhere, which nobody is told
        await uses.RefusedAsync(time);
        Assert.False(waiting[1].IsCompleted);
        uses.Away = false;
        while (!waiting[1].IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        Assert.False(waiting[2].IsCompleted);
        (await waiting[1])!.Dispose();
        await waiting[2].WaitAsync(RunnerFixture.Patience);
    }

    private async Task<ExecutionShare?> TakeAsync(ExecutionAccount? account)
    {
        var taking = shares.TakeAsync("acme", account);
        Assert.True(taking.IsCompleted);
        return await taking;
    }

    /// <summary>Counts that others share, and that may be away.</summary>
    private sealed class SharedUses : IUseLimits
    {
        public const string Ann = "subject/acme/ann/executions";

        private readonly MemoryUseLimits uses = new();
        private int refused;

        public bool Away { get; set; }

        public bool Shared => true;

        public async ValueTask<int> AddAsync(string name, int wanted, int limit)
        {
            await Task.Yield();
            if (!Away) return await uses.AddAsync(name, wanted, limit);
            Interlocked.Increment(ref refused);
            throw new SessionLogUnavailableException("It is away.");
        }

        /// <summary>Lets time go on until somebody was refused.</summary>
        public async Task RefusedAsync(FakeTimeProvider time)
        {
            while (Volatile.Read(ref refused) == 0)
            {
                time.Advance(TimeSpan.FromMilliseconds(100));
                await Task.Yield();
            }
        }

        public void Add(string name, int count) => uses.Add(name, count);

        public void Remove(string name, int count) => uses.Remove(name, count);

        public int Count(string name) => uses.Count(name);

        public ValueTask LookAsync(string name, int limit) => default;
    }
}
