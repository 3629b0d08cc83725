using Microsoft.Extensions.Options;
using ToolRuntime.Usage;

namespace ToolRuntime.Grains.Tests.Usage;

public sealed class QuotaCheckTests
{
    private static readonly DateOnly Day = new(2026, 11, 28);
    private static readonly UsageKey Account = new("acme", new(2026, 11, 1), "ann");

    [Theory]
    [InlineData(9, 0, 0, 0, null)]
    [InlineData(10, 0, 0, 0, "calls")]
    [InlineData(0, 59_999, 0, 0, null)]
    [InlineData(0, 60_000, 0, 0, "seconds")]
    [InlineData(0, 0, 999, 0, null)]
    [InlineData(0, 0, 1_000, 0, "bytes")]
    [InlineData(0, 0, 0, 4.5, null)]
    [InlineData(0, 0, 0, 4.6, "money")]
    public void Full_EachMeasure_IsWhatOneMoreCallWouldExceed(long calls, long milliseconds, long bytes, double money, string? measure)
    {
        var limits = AccountLimits.Of(new AccountQuota { Day = new() { Calls = 10, Seconds = 60, Bytes = 1_000, Money = 5 } });
        var spent = new SpentTable();
        spent.Add(Day, "shell", new(calls, milliseconds, bytes, (decimal)money));

        var full = QuotaCheck.Full(limits, spent, Account, Day, "shell", price: 0.5m);

        Assert.Equal(measure, full?.Measure);
        if (full is not null) Assert.Equal(("user", "day", new DateTimeOffset(2026, 11, 29, 0, 0, 0, TimeSpan.Zero)), (full.Scope, full.Period, full.Until));
    }

    [Fact]
    public void Full_QuotaOfATool_ConcernsThatToolOnly()
    {
        var limits = AccountLimits.Of(new AccountQuota { Tools = { ["shell"] = new() { Month = new() { Calls = 1 } } } });
        var spent = new SpentTable();
        spent.Add(Day, "shell", new(1, 0, 0, 0));

        var full = QuotaCheck.Full(limits, spent, Account with { Subject = null }, Day, "shell", 0);

        Assert.Equal(("tenant_tool", "shell", "month", new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero)), (full?.Scope, full?.Tool, full?.Period, full?.Until));
        Assert.Null(QuotaCheck.Full(limits, spent, Account, Day, "code", 0));
        Assert.False(limits.Concern("code"));
    }

    [Fact]
    public void Full_NextDay_TheDayBeginsAnewAndTheMonthDoesNot()
    {
        var spent = new SpentTable();
        spent.Add(Day, "shell", new(10, 0, 0, 0));

        Assert.Null(QuotaCheck.Full(AccountLimits.Of(new AccountQuota { Day = new() { Calls = 10 } }), spent, Account, Day.AddDays(1), "shell", 0));
        Assert.NotNull(QuotaCheck.Full(AccountLimits.Of(new AccountQuota { Month = new() { Calls = 10 } }), spent, Account, Day.AddDays(1), "shell", 0));
    }

    [Fact]
    public void Full_MoneyAndAToolThatCostsNothing_IsNotMet()
    {
        var limits = AccountLimits.Of(new AccountQuota { Day = new() { Money = 1 } });
        var spent = new SpentTable();
        spent.Add(Day, "images", new(1, 0, 0, 1));

        Assert.Null(QuotaCheck.Full(limits, spent, Account, Day, "shell", price: 0));
    }

    [Fact]
    public void IsNear_SoManyCallsCouldFillOne()
    {
        var limits = AccountLimits.Of(new AccountQuota { Day = new() { Calls = 1_000, Money = 100 } });
        var spent = new SpentTable();
        spent.Add(Day, "shell", new(900, 0, 0, 0));

        Assert.False(QuotaCheck.IsNear(limits, spent, Day, "shell", price: 0.5m, calls: 100));
        Assert.True(QuotaCheck.IsNear(limits, spent, Day, "shell", price: 0.5m, calls: 101));
        Assert.True(QuotaCheck.IsNear(limits, spent, Day, "shell", price: 2, calls: 100));
    }

    [Fact]
    public void Book_SeveralLevels_TheNearestNumberCountsAndZeroLiftsIt()
    {
        var book = new QuotaBook(Options.Create(new QuotaOptions
        {
            Tenant = new() { Day = new() { Calls = 100 } },
            User = new() { Day = new() { Calls = 10, Seconds = 60 }, Tools = { ["shell"] = new() { Day = new() { Calls = 5 } } } },
            Tenants =
            {
                ["acme"] = new()
                {
                    Day = new() { Calls = 1_000 },
                    User = new() { Day = new() { Calls = 20 } },
                    Users = { ["ann"] = new() { Day = new() { Seconds = 0 }, Tools = { ["shell"] = new() { Day = new() { Calls = 7 } } } } },
                },
            },
        }));

        Assert.Equal(["Calls 100"], Of(book.Of("other", null)));
        Assert.Equal(["Calls 10", "Seconds 60"], Of(book.Of("other", "ann")));
        Assert.Equal(["Calls 1000"], Of(book.Of("acme", null)));
        Assert.Equal(["Calls 20"], Of(book.Of("acme", "ann")));
        Assert.Equal(["Calls 20", "Seconds 60"], Of(book.Of("acme", "bob")));
        Assert.Equal((7m, 5m), (book.Of("acme", "ann")!.Tools["shell"][0].Amount, book.Of("acme", "bob")!.Tools["shell"][0].Amount));
    }

    [Fact]
    public void Book_NoNumbers_IsEmpty()
    {
        var book = new QuotaBook(Options.Create(new QuotaOptions { Tenant = new() { Day = new() { Calls = 0 } } }));

        Assert.True(book.IsEmpty);
        Assert.Null(book.Of("acme", "ann"));
    }

    [Fact]
    public void Refusal_OfAQuota_SaysWhichAndUntilWhen()
    {
        var now = new DateTimeOffset(2026, 11, 28, 23, 0, 0, TimeSpan.Zero);
        var full = new QuotaStanding("user_tool", "shell", "seconds", "day", 60, 61.5m, new(2026, 11, 29, 0, 0, 0, TimeSpan.Zero));

        var error = QuotaRefusal.Of(full, "shell", now);

        Assert.Equal((ToolErrorCodes.QuotaExceeded, false, 3_600_000L), (error.Code, error.Retryable, error.RetryAfterMs));
        Assert.Equal("The user's quota for the tool 'shell' is used up: 61.5 of 60 seconds a day. 'shell' was not run; it can be called again from 2026-11-29 00:00 UTC on.", error.Message);
        Assert.Equal("""{"scope":"user_tool","tool":"shell","measure":"seconds","period":"day","limit":60,"used":61.5,"until":"2026-11-29T00:00:00Z"}""", error.Details?.Json);
    }

    [Fact]
    public void Options_NegativeNumber_IsAFault() =>
        Assert.Equal(
            "ToolRuntime:Quotas:Tenants:acme:User:Tools:shell:Month has a negative number.",
            new QuotaOptions { Tenants = { ["acme"] = new() { User = new() { Tools = { ["shell"] = new() { Month = new() { Bytes = -1 } } } } } } }.Fault());

    private static string[] Of(AccountLimits? limits) => [.. limits!.All.Select(limit => $"{limit.Measure} {limit.Amount}")];
}
