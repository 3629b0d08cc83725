using ToolRuntime.Runners;

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
        var second = shares.TakeAsync("acme", one, gone.Token).AsTask();
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

    private async Task<ExecutionShare?> TakeAsync(ExecutionAccount? account)
    {
        var taking = shares.TakeAsync("acme", account);
        Assert.True(taking.IsCompleted);
        return await taking;
    }
}
