using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ToolRuntime.Grains.Tests.Support;
using ToolRuntime.Usage;

namespace ToolRuntime.Grains.Tests.Usage;

/// <summary>What one silo does of itself and asks an account, on a fake one.</summary>
public sealed class LocalAccountTests
{
    private static readonly DateOnly Day = new(2026, 11, 28);
    private static readonly UsageKey Key = new("acme", new(2026, 11, 1));
    private static readonly UsageFigures Second = new() { Milliseconds = 1_000 };

    private readonly FakeTimeProvider time = new();
    private readonly FakeAccount account = new();

    [Fact]
    public async Task Take_FarFromTheQuota_AsksOnceAndThenGoesByWhatItKnows()
    {
        var local = Local(calls: 1_000);

        for (var i = 0; i < 10; i++) Assert.True((await local.TakeAsync(Day, "shell", 0))!.Value.MayBegin);
        Assert.Single(account.Reports);
        await local.ReportAsync().WaitAsync(Waits.Long);

        Assert.Equal([(0L, 1), (9L, 0)], account.Reports.Select(report => (report.Rows.Sum(row => row.Figures.Calls), report.Asks.Length)));
        Assert.Equal([1L, 2L], account.Reports.Select(report => report.Number));
    }

    [Fact]
    public async Task Take_NearTheQuota_AsksEachTime()
    {
        var local = Local(calls: 50);

        for (var i = 0; i < 3; i++) Assert.True((await local.TakeAsync(Day, "shell", 0))!.Value.MayBegin);

        Assert.Equal([1, 1, 1], account.Reports.Select(report => report.Asks.Length));
    }

    [Fact]
    public async Task Take_NotHeardForLong_AsksAgain()
    {
        var local = Local(calls: 1_000);
        await local.TakeAsync(Day, "shell", 0);
        account.Elsewhere = 1_000;

        time.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal("calls", (await local.TakeAsync(Day, "shell", 0))!.Value.Full?.Measure);
        Assert.False((await local.TakeAsync(Day, "shell", 0))!.Value.MayBegin);
        Assert.Equal(2, account.Reports.Count); // what is full stays so
    }

    [Fact]
    public async Task Report_Fails_IsRepeatedAsItIs()
    {
        var local = Local(calls: null);
        Assert.True(local.TryAdd(Day, "shell", Second));
        account.Away = true;
        await local.ReportAsync().WaitAsync(Waits.Long);
        Assert.True(local.TryAdd(Day, "shell", Second));
        Assert.False(local.TryRetire());

        account.Away = false;
        await local.ReportAsync().WaitAsync(Waits.Long);
        await local.ReportAsync().WaitAsync(Waits.Long);

        Assert.Equal([1L, 1L, 2L], account.Reports.Select(report => report.Number));
        Assert.All(account.Reports, report => Assert.Equal(1_000, report.Rows.Single().Figures.Milliseconds));
        Assert.True(local.TryRetire());
        Assert.False(local.TryAdd(Day, "shell", Second));
    }

    [Fact]
    public async Task Report_WhileOneIsUnderWay_SendsWhatCameMeanwhile()
    {
        var local = Local(calls: null);
        account.Hold = new(TaskCreationOptions.RunContinuationsAsynchronously);
        local.TryAdd(Day, "shell", Second);
        var first = local.ReportAsync();
        await account.Arrived.WaitAsync(Waits.Long);
        local.TryAdd(Day, "shell", Second);

        var second = local.ReportAsync();
        account.Hold.SetResult();
        await Task.WhenAll(first, second).WaitAsync(Waits.Long);

        Assert.Equal(2_000, account.Reports.Sum(report => report.Rows.Sum(row => row.Figures.Milliseconds)));
        Assert.True(local.TryRetire());
    }

    [Fact]
    public async Task Take_AccountIsAwayAndCallsAreAllowed_GoesOnAndIsCountedLater()
    {
        var local = Local(calls: 50);
        account.Away = true;

        Assert.True((await local.TakeAsync(Day, "shell", 2))!.Value.MayBegin);
        Assert.True((await local.TakeAsync(Day, "shell", 2))!.Value.MayBegin); // at once
        (account.Away, account.Elsewhere) = (false, 50);
        await local.ReportAsync().WaitAsync(Waits.Long);
        await local.ReportAsync().WaitAsync(Waits.Long);

        // The one that asked was refused too late: it is told that it has begun.
        Assert.Equal([0, 0, 2], account.Reports.Select(report => (int)report.Rows.Sum(row => row.Figures.Calls)));
        Assert.Equal(4, account.Reports[^1].Rows.Sum(row => row.Figures.Money));
    }

    [Fact]
    public async Task Take_AccountIsAwayAndCallsAreRefused_IsTakenBackWhenItWasCounted()
    {
        var local = Local(calls: 50, UnknownUsage.Refuse);
        account.Away = true;

        Assert.True((await local.TakeAsync(Day, "shell", 0))!.Value.Refused);
        account.Away = false;
        await local.ReportAsync().WaitAsync(Waits.Long);
        await local.ReportAsync().WaitAsync(Waits.Long);

        Assert.Equal(-1, account.Reports[^1].Rows.Single().Figures.Calls);
    }

    [Fact]
    public async Task Take_NoAnswerInTime_GoesOn()
    {
        var local = Local(calls: 50);
        account.Hold = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var taken = local.TakeAsync(Day, "shell", 0).AsTask();
        await account.Arrived.WaitAsync(Waits.Long);

        time.Advance(TimeSpan.FromSeconds(2));

        Assert.True((await taken.WaitAsync(Waits.Long))!.Value.MayBegin);
        account.Hold.SetResult();
        await local.ReportAsync().WaitAsync(Waits.Long);
        Assert.Single(account.Reports); // it had been counted
    }

    private LocalAccount Local(long? calls, UnknownUsage whenUnknown = UnknownUsage.Allow)
    {
        var options = new QuotaOptions { Tenant = new() { Day = new() { Calls = calls } }, WhenUnknown = whenUnknown };
        var book = new QuotaBook(Options.Create(options));
        return new(Key, account, book.Of("acme", null), new(time, TimeSpan.FromSeconds(1), book, () => { }, NullLogger.Instance));
    }

    private sealed class FakeAccount : IUsageAccount
    {
        private readonly TaskCompletionSource arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly UsageState state = new();

        public List<UsageReport> Reports { get; } = [];

        public bool Away { get; set; }

        /// <summary>Calls of other silos.</summary>
        public long Elsewhere { get; set; }

        public TaskCompletionSource? Hold { get; set; }

        public Task Arrived => arrived.Task;

        public async Task<UsageAnswer> ReportAsync(UsageReport report)
        {
            Reports.Add(report);
            arrived.TrySetResult();
            if (Hold is { } hold) await hold.Task;
            if (Away) throw new TimeoutException();
            foreach (var row in report.Rows) state.Add(row.Day, row.Tool, row.Figures, earlier: new());
            var full = Elsewhere > 0 ? new QuotaStanding("tenant", null, "calls", "day", 50, 50, default) : null;
            var calls = Elsewhere + state.Days.Values.SelectMany(tools => tools.Values).Sum(figures => figures.Calls) + report.Asks.Length;
            var spent = new Spent(calls, 0, 0, 0);
            return new([.. report.Asks.Select(_ => full)], report.WantsTotals ? new(Day, [new("shell", spent, spent)]) : null);
        }

        public Task ClearAsync() => Task.CompletedTask;
    }
}
