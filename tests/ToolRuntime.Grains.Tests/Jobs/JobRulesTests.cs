using Microsoft.Extensions.Options;
using ToolRuntime.Commands;
using ToolRuntime.Grains.Tests.Support;
using ToolRuntime.Jobs;

namespace ToolRuntime.Grains.Tests.Jobs;

public sealed class JobRulesTests
{
    private static readonly DateTimeOffset Now = Executions.Now;

    public static TheoryData<JobRequest, string> Wrong => new()
    {
        { new(DelayMs: 0), "delayMs" },
        { new(DelayMs: 7L * 86_400_000 + 1), "delayMs" },
        { new(DelayMs: 1, StartAt: Now), "exclude" },
        { new(StartAt: Now.AddDays(8)), "startAt" },
        { new(Webhook: new("ftp://example.org/")), "url" },
        { new(Webhook: new("/hook")), "url" },
        { new(Webhook: new("https://me@example.org/")), "url" },
        { new(Webhook: new($"https://example.org/{new string('x', JobRules.MaxUrl)}")), "url" },
        { new(Webhook: new("https://example.org/", "no/good")), "key" },
        { new(Webhook: new("https://example.org/", "other")), "secret 'other'" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Check_WhatCannotBe_IsRefusedWithWhy(JobRequest asked, string part)
    {
        var refused = Rules().Check(asked, "acme", Now);

        Assert.Equal(ErrorCode.InvalidCommand, refused?.Code);
        Assert.Contains(part, refused!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_WebhookWithoutAnySecret_IsRefused() =>
        Assert.NotNull(JobRules.Usual.Check(new(Webhook: new("https://example.org/")), "acme", Now));

    [Fact]
    public void Check_WebhookOfATenant_IsSignedByItsSecretItsNamedOneOrTheDefault()
    {
        var options = Options();

        Assert.Null(Rules().Check(new(Webhook: new("https://example.org/", "billing")), "acme", Now));
        Assert.Equal(("own", "named", "default"), (options.SecretOf("acme", null), options.SecretOf("acme", "billing"), options.SecretOf("else", null)));
        Assert.Null(options.SecretOf("else", "billing"));
    }

    [Fact]
    public void InfoOf_Start_IsLaterOrNone()
    {
        Assert.Equal(Now.AddSeconds(5), JobRules.InfoOf(new(DelayMs: 5_000), Now).NotBefore);
        Assert.Equal(Now.AddDays(1), JobRules.InfoOf(new(StartAt: Now.AddDays(1)), Now).NotBefore);
        Assert.Null(JobRules.InfoOf(new(StartAt: Now.AddDays(-1)), Now).NotBefore);
        Assert.Equal(new(JobPriority.Low, null, true), JobRules.InfoOf(new(JobPriority.Low, Webhook: new("https://example.org/")), Now));
    }

    [Theory]
    [InlineData("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", true)]
    [InlineData("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", false)]
    [InlineData("whsec_short", false)]
    [InlineData("whsec_!!!!", false)]
    public void TryReadSecret_AsStandardWebhooksHasIt_IsTaken(string secret, bool taken) => Assert.Equal(taken, WebhookSignature.TryReadSecret(secret, out _));

    /// <summary>The example of the convention's own libraries.</summary>
    [Fact]
    public void Headers_KnownMessage_HaveItsSignature()
    {
        var headers = WebhookSignature.Headers(
            "msg_p5jXN8AQM9LWM0D4loKWxJek", DateTimeOffset.FromUnixTimeSeconds(1614265330), "{\"test\": 2432232314}", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");

        Assert.Equal("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", headers["webhook-signature"]);
        Assert.Equal("1614265330", headers["webhook-timestamp"]);
    }

    private static JobRules Rules() => new(Microsoft.Extensions.Options.Options.Create(new JobOptions()), Microsoft.Extensions.Options.Options.Create(Options()));

    private static WebhookOptions Options()
    {
        var options = new WebhookOptions();
        (options.Secrets["acme"], options.Secrets["acme/billing"], options.Secrets["default"]) = ("own", "named", "default");
        return options;
    }
}
