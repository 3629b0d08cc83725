using System.Net;
using Microsoft.AspNetCore.Http;
using ToolRuntime.Tools.Web;

namespace ToolRuntime.Tools.Tests.Web;

/// <summary>Where <c>web_scrape</c> goes and where not.</summary>
public sealed class WebAddressTests
{
    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("10.1.2.3")]
    [InlineData("100.64.0.1")]
    [InlineData("100.127.255.254")]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.255")]
    [InlineData("169.254.169.254")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.0.0.192")]
    [InlineData("192.168.1.1")]
    [InlineData("198.18.0.1")]
    [InlineData("203.0.113.5")]
    [InlineData("224.0.0.1")]
    [InlineData("239.1.2.3")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("::7f00:1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("64:ff9b:1::a00:1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("2001::1")]
    [InlineData("2001:db8::1")]
    [InlineData("fc00::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("fe80::1")]
    [InlineData("fe80::1%1")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    public void Contains_Inside_No(string address) => Assert.False(PublicAddresses.Contains(IPAddress.Parse(address)));

    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.1")]
    [InlineData("172.15.0.1")]
    [InlineData("172.32.0.1")]
    [InlineData("223.255.255.254")]
    [InlineData("2606:4700::1111")]
    [InlineData("2a00:1450:4001::1")]
    public void Contains_Public_Yes(string address) => Assert.True(PublicAddresses.Contains(IPAddress.Parse(address)));

    [Theory]
    [InlineData("ftp://site.test/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("javascript:alert(1)")]
    [InlineData("/relative")]
    [InlineData("nonsense")]
    [InlineData("http://user:secret@site.test/")]
    [InlineData("http://user@site.test/")]
    public async Task Execute_WrongUrl_IsRefused(string url)
    {
        await using var site = await Site();

        var error = (await site.GetAsync(url)).Error!;

        Assert.Equal(("invalid_url", false), (error.Code, error.Retryable));
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
        Assert.Empty(site.Requests);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("2130706433")]
    [InlineData("0x7f.1")]
    [InlineData("0177.0.0.1")]
    [InlineData("[::1]")]
    [InlineData("[::ffff:127.0.0.1]")]
    [InlineData("0.0.0.0")]
    [InlineData("localhost")]
    [InlineData("site.test.")]
    [InlineData("inside.test")]
    public async Task Execute_AddressInside_IsRefusedBeforeAnythingIsSent(string host)
    {
        await using var site = await Site();
        site.Addresses = _ => [IPAddress.Loopback, IPAddress.IPv6Loopback];

        var error = (await site.GetAsync(site.Url(host: host))).Error!;

        Assert.Equal(("address_denied", false), (error.Code, error.Retryable));
        Assert.Empty(site.Requests);
    }

    [Theory]
    [InlineData("http://127.0.0.1:{0}/secret", "address_denied")]
    [InlineData("http://[::1]:{0}/secret", "address_denied")]
    [InlineData("http://169.254.169.254/latest/meta-data/", "address_denied")]
    [InlineData("http://inside.test:{0}/secret", "address_denied")]
    [InlineData("//inside.test:{0}/secret", "address_denied")]
    [InlineData("https://10.0.0.1/", "address_denied")]
    [InlineData("ftp://site.test:{0}/secret", "invalid_url")]
    [InlineData("file:///etc/passwd", "invalid_url")]
    [InlineData("http://a:b@site.test:{0}/secret", "invalid_url")]
    public async Task Execute_RedirectInside_IsRefused(string target, string code)
    {
        await using var site = await Site(target);
        site.Addresses = _ => [IPAddress.Loopback];

        var error = (await site.GetAsync(site.Url("/to"))).Error!;

        Assert.Equal((code, false), (error.Code, error.Retryable));
        Assert.Equal(["site.test /to"], site.Requests);
    }

    [Fact]
    public async Task Execute_Redirects_AreFollowedAndTheLastAddressIsTold()
    {
        await using var site = await Site("/secret?x=1");

        var result = await site.GetAsync(site.Url("/to"));

        Assert.Equal(site.Url("/secret?x=1"), result.Result.ToElement().GetProperty("url").GetString());
        Assert.Equal(2, site.Context.Counters.ApiCalls);
    }

    [Theory]
    [InlineData(5, null)]
    [InlineData(6, "too_many_redirects")]
    public async Task Execute_ManyRedirects_FiveAreFollowed(int redirects, string? code)
    {
        await using var site = await WebSite.StartAsync((context, _) =>
        {
            var left = int.Parse(context.Request.Path.Value![1..], System.Globalization.CultureInfo.InvariantCulture);
            context.Response.ContentType = "text/plain";
            if (left > 0) context.Response.Redirect($"/{left - 1}");
            return Task.CompletedTask;
        });

        Assert.Equal(code, (await site.GetAsync(site.Url($"/{redirects}"))).Error?.Code);
    }

    [Fact]
    public async Task Execute_SomeAddressesInside_OnlyThePublicOnesAreTried()
    {
        await using var site = await Site(("ConnectTimeout", "00:00:00.2"));
        site.Addresses = _ => [IPAddress.Loopback, Unreachable];

        await AssertNoConnectionAsync(site);
        Assert.Empty(site.Requests);
    }

    [Fact]
    public async Task Execute_NameChangesItsAddress_IsAskedOncePerConnectionAndNeverLeadsInside()
    {
        await using var site = await Site(("ConnectTimeout", "00:00:00.2"));
        var asked = 0;
        site.Addresses = _ => asked++ % 2 == 0 ? [Unreachable] : [IPAddress.Loopback];

        await AssertNoConnectionAsync(site);
        Assert.Equal(["rebind.test"], site.Resolved);
        Assert.Equal("address_denied", (await site.GetAsync(site.Url(host: "rebind.test"))).Error?.Code);
        Assert.Equal(["rebind.test", "rebind.test"], site.Resolved);
        Assert.Empty(site.Requests);
    }

    [Theory]
    [InlineData("inside.test", true)]
    [InlineData("INSIDE.test", true)]
    [InlineData("inside.test:{0}", true)]
    [InlineData("inside.test:1", false)]
    [InlineData("other.test", false)]
    public async Task Execute_HostAllowedBySetting_IsReached(string allowed, bool reached)
    {
        // The port is known only once a server has it, so a second one is asked about the first.
        await using var site = await Site();
        var entry = string.Format(System.Globalization.CultureInfo.InvariantCulture, allowed, site.Port);
        await using var asking = await WebSite.StartAsync((_, _) => Task.CompletedTask, ("AllowedHosts:1", entry));
        asking.Addresses = _ => [IPAddress.Loopback];

        var result = await asking.GetAsync(site.Url(host: "inside.test"));

        Assert.Equal(reached ? null : "address_denied", result.Error?.Code);
    }

    [Fact]
    public async Task Execute_UnknownHost_IsNotRetryable()
    {
        await using var site = await Site();
        site.Addresses = _ => throw new System.Net.Sockets.SocketException((int)System.Net.Sockets.SocketError.HostNotFound);

        var error = (await site.GetAsync("http://nowhere.test/")).Error!;

        Assert.Equal(("host_not_found", false), (error.Code, error.Retryable));
    }

    /// <summary>A public address that belongs to nobody.</summary>
    private static IPAddress Unreachable { get; } = IPAddress.Parse("3ffe::1");

    private static async Task AssertNoConnectionAsync(WebSite site)
    {
        try
        {
            Assert.Equal(ToolErrorCodes.ConnectTimeout, (await site.GetAsync(site.Url(host: "rebind.test"))).Error?.Code);
        }
        catch (HttpRequestException)
        {
            // Where there is no way there at all, it is known at once.
        }
    }

    private static Task<WebSite> Site(params (string Key, string Value)[] settings) => Site("/", settings);

    private static Task<WebSite> Site(string redirect, params (string Key, string Value)[] settings) => WebSite.StartAsync(
        (context, site) =>
        {
            context.Response.ContentType = "text/plain";
            if (context.Request.Path == "/to") context.Response.Redirect(string.Format(System.Globalization.CultureInfo.InvariantCulture, redirect, site.Port));
            return Task.CompletedTask;
        },
        settings);
}
