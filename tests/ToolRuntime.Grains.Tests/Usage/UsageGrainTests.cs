using ToolRuntime.Grains.Tests.Support;
using ToolRuntime.Runners;
using ToolRuntime.Stores.Sqlite;
using ToolRuntime.Usage;

namespace ToolRuntime.Grains.Tests.Usage;

/// <summary>Accounts of tenants and users, over several silos.</summary>
public sealed class UsageGrainTests
{
    private const short Silos = 3;
    private static readonly DateOnly Today = DateOnly.FromDateTime(DateTime.UtcNow);
    private readonly SharedStates states = new();

    [Fact]
    public async Task Charge_OverAllSilosAtOnce_LetsExactlyTheQuotaBegin()
    {
        await using var cluster = await UsageCluster.StartAsync(Silos, states, ("Quotas:Tenant:Day:Calls", 40), ("Quotas:User:Tools:shell:Day:Calls", 15));

        var ann = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => ChargeAsync(cluster, i, "ann", "shell")));
        var bob = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => ChargeAsync(cluster, i, "bob", "code")));
        await cluster.FlushAsync();

        Assert.Equal((15, 25), (ann.Count(error => error is null), bob.Count(error => error is null)));
        Assert.Equal("user_tool", Scope(ann));
        Assert.Equal("tenant", Scope(bob));
        var tenant = await cluster.GetAsync();
        Assert.Equal([("code", 25L), ("shell", 15L)], tenant.Rows.Select(row => (row.Tool, row.Figures.Calls)));
        Assert.Equal((40m, 40m), (tenant.Quotas.Single().Limit, tenant.Quotas.Single().Used));
        Assert.Equal(15, (await cluster.GetAsync("ann")).Rows.Single().Figures.Calls);
    }

    [Fact]
    public async Task Charge_MoneyAndAResultFromTheCache_IsGivenBack()
    {
        await using var cluster = await UsageCluster.StartAsync(1, states, ("Quotas:User:Month:Money", "1.2"));

        var (first, _) = await cluster.Ledger(0).ChargeAsync("acme", "ann", "images");
        var (second, _) = await cluster.Ledger(0).ChargeAsync("acme", "ann", "images");
        var refused = await ChargeAsync(cluster, 0, "ann", "images");
        cluster.Ledger(0).Ended(Spec("images"), first, new() { Milliseconds = 1_500, Cached = 1 });
        cluster.Ledger(0).Ended(Spec("images"), second, new() { Milliseconds = 500 });
        second!.Dispose(); // as its admission does after the end
        await cluster.FlushAsync();

        Assert.Equal(ToolErrorCodes.QuotaExceeded, refused?.Code);
        var figures = (await cluster.GetAsync("ann")).Rows.Single().Figures;
        Assert.Equal((2L, 2_000L, 1L, 0.5m), (figures.Calls, figures.Milliseconds, figures.Cached, figures.Money));
        Assert.Null(await ChargeAsync(cluster, 0, "ann", "images"));
    }

    [Fact]
    public async Task Ended_SecondsAndBytesReached_TheNextCallIsRefused()
    {
        await using var cluster = await UsageCluster.StartAsync(2, states, ("Quotas:Tenant:Day:Seconds", 10), ("Quotas:User:Day:Bytes", 1_000));

        Assert.Null(await ChargeAsync(cluster, 0, "ann", "shell"));
        cluster.Ledger(0).Ended(Spec("shell", attempt: 2), null, new() { Milliseconds = 9_999, OutputBytes = 600, PublishedBytes = 400 });
        await cluster.FlushAsync();

        Assert.Equal("user", Scope([await ChargeAsync(cluster, 1, "ann", "shell")]));
        Assert.Null(await ChargeAsync(cluster, 1, "bob", "shell"));
        cluster.Ledger(1).Add(UsageCluster.Key(null), Today, "shell", new() { Milliseconds = 1 });
        Assert.Equal("tenant", Scope([await ChargeAsync(cluster, 1, "bob", "shell")]));
        Assert.Equal(1, (await cluster.GetAsync("ann")).Rows.Single().Figures.Retries);
    }

    [Fact]
    public async Task Charge_NotBegun_IsTakenBack()
    {
        await using var cluster = await UsageCluster.StartAsync(1, states, ("Quotas:User:Day:Calls", 1));

        for (var i = 0; i < 3; i++)
        {
            var (charge, _) = await cluster.Ledger(0).ChargeAsync("acme", "ann", "shell");
            charge!.Dispose();
            await cluster.FlushAsync();
        }

        Assert.Equal(0, (await cluster.GetAsync("ann")).Rows.Single().Figures.Calls);
        Assert.Empty((await cluster.GetAsync()).Rows); // far from every quota the tenant's account was not asked
    }

    [Fact]
    public async Task Ended_NoQuotas_CountsCallsAndReportsOnceForMany()
    {
        await using var cluster = await UsageCluster.StartAsync(2, states, ("Usage:ReportEvery", "00:01:00"));
        Assert.False(cluster.Ledger(0).HasQuotas("acme", "ann"));

        for (var i = 0; i < 1_000; i++)
        {
            var used = new UsageFigures { Milliseconds = 1, CpuMs = 2, PeakMemoryBytes = i, LargestPeakBytes = i, Failures = i % 2 };
            cluster.Ledger(i % 2).Ended(Spec("images"), null, used);
        }

        await cluster.FlushAsync();

        var figures = (await cluster.GetAsync()).Rows.Single().Figures;
        Assert.Equal(figures, (await cluster.GetAsync("ann")).Rows.Single().Figures);
        Assert.Equal((1_000L, 1_000L, 500m, 2_000L), (figures.Calls, figures.Milliseconds, figures.Money, figures.CpuMs));
        Assert.Equal((499_500L, 999L, 500L), (figures.PeakMemoryBytes, figures.LargestPeakBytes, figures.Failures));
        Assert.Equal(4, states.Writes); // two silos, two accounts
    }

    [Fact]
    public async Task Report_RepeatedAfterAWriteWhoseAnswerWasLost_CountsOnce()
    {
        await using var cluster = await UsageCluster.StartAsync(1, states);
        var report = new UsageReport("silo", 7, [new(Today, "shell", new() { Calls = 3 })], [new(Today, "shell", 0)], true);
        states.LoseAnswer = true;

        await Assert.ThrowsAnyAsync<Exception>(() => cluster.Account().ReportAsync(report));
        await cluster.Account().ReportAsync(report);
        var answer = await cluster.Account().ReportAsync(report);

        Assert.Equal((4L, null), (answer.Totals!.Tools.Single().Today.Calls, Assert.Single(answer.Refused)));
        Assert.Equal(4, (await cluster.GetAsync()).Rows.Single().Figures.Calls);
    }

    [Fact]
    public async Task Report_OfAnotherDay_LeavesEarlierDaysOutOfWhatEachReportWrites()
    {
        var month = UsageCluster.Key(null).Month;
        await using var cluster = await UsageCluster.StartAsync(1, states);
        await ReportAsync(cluster, 1, month);
        var small = states.Last;

        for (var day = 1; day < 20; day++) await ReportAsync(cluster, day + 1, month.AddDays(day));
        await ReportAsync(cluster, 21, month.AddDays(19));

        Assert.Equal("usage", states.Last.Name);
        Assert.InRange(states.Last.Length, small.Length, small.Length + 20);
        Assert.Equal(21, (await cluster.GetAsync()).Rows.Sum(row => row.Figures.Calls));
        Assert.Equal(20, (await cluster.GetAsync()).Rows.Select(row => row.Day).Distinct().Count());
    }

    [Fact]
    public async Task Report_OfADayThatIsOver_IsAddedOnceWhateverTheStoreLoses()
    {
        var month = UsageCluster.Key(null).Month;
        await using var cluster = await UsageCluster.StartAsync(1, states);
        for (var day = 0; day < 4; day++) await ReportAsync(cluster, day + 1, month.AddDays(day));

        // First the day that is over is put away, then the report is stored: the answer of either is lost.
        foreach (var state in (string[])["days", "usage"])
        {
            (states.LoseAnswer, states.LoseAnswerOf) = (true, state);
            await Assert.ThrowsAnyAsync<Exception>(() => ReportAsync(cluster, 5, month));
            Assert.False(states.LoseAnswer);
        }

        await ReportAsync(cluster, 5, month);
        await ReportAsync(cluster, 6, month.AddDays(3));

        Assert.Equal([2L, 1L, 1L, 2L], (await cluster.GetAsync()).Rows.Select(row => row.Figures.Calls));
    }

    [Fact]
    public async Task Charge_StoreAway_GoesOnAndIsCountedWhenItIsBack()
    {
        await using var cluster = await UsageCluster.StartAsync(1, states, ("Quotas:User:Day:Calls", 10));
        states.Away = true;

        Assert.Null(await ChargeAsync(cluster, 0, "ann", "shell"));
        states.Away = false;
        await cluster.FlushAsync();

        Assert.Equal(1, (await cluster.GetAsync("ann")).Rows.Single().Figures.Calls);
    }

    [Fact]
    public async Task Account_AfterARestartOnSqlite_HasWhatWasCounted()
    {
        var folder = Directory.CreateTempSubdirectory("usage-sqlite-");
        void Store(ISiloBuilder silo) => silo.AddSqliteGrainStorage(GrainStates.Storage, o => o.Path = Path.Combine(folder.FullName, "grains.db"));
        await using (var cluster = await UsageCluster.StartAsync(1, Store, ("Quotas:User:Day:Calls", 2)))
        {
            Assert.Null(await ChargeAsync(cluster, 0, "ann", "shell"));
            Assert.Null(await ChargeAsync(cluster, 0, "ann", "images"));
            cluster.Ledger(0).Ended(Spec("images", attempt: 2), null, new() { Milliseconds = 1_234, OutputBytes = 5 });
            await cluster.FlushAsync();
        }

        await using (var again = await UsageCluster.StartAsync(1, Store, ("Quotas:User:Day:Calls", 2)))
        {
            Assert.Equal("user", Scope([await ChargeAsync(again, 0, "ann", "shell")]));
            var images = (await again.GetAsync("ann")).Rows.Single(row => row.Tool == "images").Figures;
            Assert.Equal(new UsageFigures { Calls = 1, Money = 0.5m, Milliseconds = 1_234, OutputBytes = 5, Retries = 1 }, images);
        }

        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Report_FirstOfAMonth_ClearsTheAccountOfLongAgo()
    {
        await using var cluster = await UsageCluster.StartAsync(1, states, ("Usage:KeepMonths", 2));
        var (now, old) = (UsageCluster.Key("ann"), UsageCluster.Key("ann") with { Month = UsageCluster.Key("ann").Month.AddMonths(-3) });
        cluster.Ledger(0).Add(old, old.Month, "shell", new() { Calls = 1 });
        await cluster.FlushAsync();
        Assert.True(states.Has(old));

        cluster.Ledger(0).Add(now, Today, "shell", new() { Calls = 1 });
        await cluster.FlushAsync();
        await states.Cleared.WaitAsync(Waits.Long);

        Assert.False(states.Has(old));
        Assert.True(states.Has(now));
    }

    [Theory]
    [InlineData("acme/2026-11", null)]
    [InlineData("acme/2026-11/ann", "ann")]
    [InlineData("acme/2026-11/auth0|a/b", "auth0|a/b")]
    public void Key_Parsed_IsWhatItWas(string text, string? subject)
    {
        Assert.Equal(new UsageKey("acme", new(2026, 11, 1), subject), UsageKey.Parse(text));
        Assert.Equal(text, UsageKey.Parse(text).ToString());
    }

    private static Task<UsageAnswer> ReportAsync(UsageCluster cluster, long number, DateOnly day) =>
        cluster.Account().ReportAsync(new("silo", number, [new(day, "shell", new() { Calls = 1 })], [], false));

    private static RunnerSpec Spec(string tool, int attempt = 1) =>
        new(new("acme", "s1"), "e1", attempt, tool, JsonText.EmptyObject, DateTimeOffset.MaxValue, Subject: "ann");

    private static async Task<ToolError?> ChargeAsync(UsageCluster cluster, int silo, string subject, string tool) =>
        (await cluster.Ledger(silo % cluster.Silos).ChargeAsync("acme", subject, tool)).Refusal;

    private static string? Scope(IEnumerable<ToolError?> errors) =>
        errors.OfType<ToolError>().Select(error => error.Details!.Value.ToElement().GetProperty("scope").GetString()).Distinct().Single();
}
