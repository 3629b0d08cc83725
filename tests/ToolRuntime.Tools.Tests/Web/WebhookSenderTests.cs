using System.Net;
using Microsoft.AspNetCore.Http;
using ToolRuntime.Tools.Webhooks;

namespace ToolRuntime.Tools.Tests.Web;

/// <summary>Where webhooks go, and what is made of the answers.</summary>
public sealed class WebhookSenderTests
{
    private static readonly Dictionary<string, string> Headers = new() { ["webhook-id"] = "msg_1" };

    [Fact]
    public async Task Post_ToAnAllowedHost_BringsBodyAndHeaders()
    {
        string? got = null;
        await using var site = await WebSite.StartAsync(async (context, _) =>
        {
            using var reader = new StreamReader(context.Request.Body);
            got = $"{context.Request.Method} {context.Request.ContentType} {context.Request.Headers["webhook-id"]} {await reader.ReadToEndAsync()}";
            context.Response.StatusCode = 202;
        });
        using var sender = Sender("127.0.0.1");

        var answer = await sender.PostAsync(Url(site), Headers, "{}", default);

        Assert.Equal((202, null, false), (answer.Status, answer.Error, answer.Refused));
        Assert.Equal("POST application/json; charset=utf-8 msg_1 {}", got);
    }

    [Fact]
    public async Task Post_ToARedirect_FollowsItNot()
    {
        await using var site = await WebSite.StartAsync((context, _) =>
        {
            context.Response.Redirect("/elsewhere");
            return Task.CompletedTask;
        });
        using var sender = Sender("127.0.0.1");

        Assert.Equal(302, (await sender.PostAsync(Url(site), Headers, "{}", default)).Status);
        Assert.Single(site.Requests);
    }

    [Fact]
    public async Task Post_ToAHostThatIsTooBusy_TellsHowLong()
    {
        await using var site = await WebSite.StartAsync((context, _) =>
        {
            (context.Response.StatusCode, context.Response.Headers.RetryAfter) = (429, "7");
            return Task.CompletedTask;
        });
        using var sender = Sender("127.0.0.1");

        Assert.Equal((429, TimeSpan.FromSeconds(7)), await sender.PostAsync(Url(site), Headers, "{}", default) is var answer ? (answer.Status, answer.RetryAfter!.Value) : default);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("[::1]")]
    [InlineData("169.254.169.254")]
    [InlineData("10.0.0.1")]
    [InlineData("inside.test")]
    public async Task Post_ToAnAddressInside_IsRefused(string host)
    {
        using var sender = Sender();

        var answer = await sender.PostAsync(new($"http://{host}/"), Headers, "{}", default);

        Assert.True(answer.Refused);
        Assert.Null(answer.Status);
    }

    [Fact]
    public async Task Post_WhereNobodyListens_SaysWhy()
    {
        using var sender = Sender("127.0.0.1");

        var answer = await sender.PostAsync(new("http://127.0.0.1:1/"), Headers, "{}", default);

        Assert.Equal((null, false), (answer.Status, answer.Refused));
        Assert.NotNull(answer.Error);
    }

    private static WebhookSender Sender(params string[] allowed) =>
        new(allowed, (host, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("192.168.1.1")]), TimeProvider.System);

    private static Uri Url(WebSite site) => new($"http://127.0.0.1:{site.Port}/hook");
}
