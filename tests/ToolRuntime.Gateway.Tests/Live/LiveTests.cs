using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using ToolRuntime.Gateway.Live;
using ToolRuntime.Gateway.Tests.Http;
using ToolRuntime.Views;

namespace ToolRuntime.Gateway.Tests.Live;

/// <summary>Executions as live streams, on the whole server and real terminals.</summary>
public sealed class LiveTests : IAsyncLifetime
{
    private RealWorld world = null!;
    private HttpClient http = null!;

    public async Task InitializeAsync()
    {
        world = await RealWorld.StartAsync(null, null, ("Live:RecheckMs", 50), ("Shares:Viewers", 1));
        http = world.Http();
    }

    public async Task DisposeAsync()
    {
        http.Dispose();
        await world.DisposeAsync();
    }

    [Fact]
    public async Task Watch_InTheMiddle_ShowsTheScreenAsItIsThenSizesAndTheEnd()
    {
        var execution = await RunAsync("""{"command":"echo before; read line; echo got-$line; exit 3","cols":91,"rows":17}""");
        using var first = await WatchAsync(execution);
        await first.UntilAsync("before");

        using var late = await WatchAsync(execution);
        Assert.Equal(AlisMessage.Magic, (await late.NextAsync())!.Type);
        var picture = (await late.NextAsync())!;
        Assert.Equal((AlisMessage.Begin, 91, 17), (picture.Type, picture.Columns, picture.Rows));
        Assert.Contains("before\r\n", picture.Text, StringComparison.Ordinal);

        await CommandAsync($$"""{"type":"tool.resize","executionId":"{{execution}}","cols":60,"rows":20}""");
        await CommandAsync($$"""{"type":"tool.input","executionId":"{{execution}}","data":"it\n"}""");
        var rest = await late.RestAsync();

        Assert.Equal((60, 20), rest.Where(message => message.Type == 'r').Select(message => (message.Columns, message.Rows)).Single());
        Assert.Contains("got-it\r\n", string.Concat(rest.Select(message => message.Text)), StringComparison.Ordinal);
        Assert.Equal(['x', AlisMessage.End], rest[^2..].Select(message => message.Type));
        Assert.Equal(3, rest[^2].Status);
        Assert.True(rest.Where(message => message.Type is 'o' or 'r' or 'x').Select(message => message.Id).SequenceEqual(rest.Where(message => message.Id > 0).Select(message => message.Id).Order()));
        Assert.Equal(1000, late.Closed.Code);
    }

    [Fact]
    public async Task Watch_VimAfterAHundredKilobytesOfRedraws_HasTheModesThatItSetAtFirst()
    {
        var execution = await RunAsync("""{"command":"seq 1 2000 > many; exec vim -Nu NONE '+set mouse=a noshowcmd' many","cols":100,"rows":40}""");
        using (var first = await WatchAsync(execution))
        {
            await first.UntilAsync("38");
            await CommandAsync($$"""{"type":"tool.input","executionId":"{{execution}}","data":":for i in range(600) | redraw! | endfor\r:put =59*71 | redraw!\r"}""");
            await first.UntilAsync("4189");
        }

        using var late = await WatchAsync(execution);
        await late.NextAsync();
        var picture = (await late.NextAsync())!.Text;

        Assert.Matches("^\x1b\\[\\?1049h", picture);
        var modes = TerminalModes.After("", picture);
        foreach (var mode in (string[])["\x1b[?1049h", "\x1b[?1h", "\x1b[?1002h", "\x1b[?1006h", "\x1b[?2004h"]) Assert.Contains(mode, modes, StringComparison.Ordinal);
        // They are not in what vim has drawn since.
        Assert.DoesNotContain("1049", picture["\x1b[?1049h".Length..], StringComparison.Ordinal);
        Assert.Contains("4189", picture, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_WhatHasEnded_IsItsLastScreenAndTheEnd()
    {
        var execution = await RunAsync("""{"command":"echo done"}""");
        using (var first = await WatchAsync(execution)) await first.RestAsync();

        using var viewing = await WatchAsync(execution, "v1.alis", "v2.asciicast", "raw");
        var all = await viewing.RestAsync();

        Assert.Equal([AlisMessage.Magic, AlisMessage.Begin, 'x', AlisMessage.End], all.Select(message => message.Type));
        Assert.Contains("done\r\n", all[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_Pipes_HaveReturnsAndTheirExitCode()
    {
        var execution = await RunAsync("""{"command":"printf 'a\nb\n'; sleep 0.3; printf 'c\n' >&2; exit 4"}""", "shell");
        using var viewing = await WatchAsync(execution);

        var all = await viewing.RestAsync();

        Assert.Contains("a\r\nb\r\n", string.Concat(all.Select(message => message.Text)), StringComparison.Ordinal);
        Assert.Equal(4, all.Single(message => message.Type == 'x').Status);
    }

    [Fact]
    public async Task Watch_WhatThereIsNot_IsClosedForGood()
    {
        await RunAsync("""{"command":"true"}""");
        using var viewing = await WatchAsync("none");

        Assert.DoesNotContain(await viewing.RestAsync(), message => message.Type != AlisMessage.Magic);
        Assert.Equal((4040, "There is nothing to see here"), viewing.Closed);
    }

    [Fact]
    public async Task Watch_WithoutTheProtocol_IsRefused()
    {
        var execution = await RunAsync("""{"command":"true"}""");

        await Assert.ThrowsAsync<WebSocketException>(() => WatchAsync(execution, "raw"));
        using var plain = await http.GetAsync(new Uri($"/v1/sessions/s1/executions/{execution}/live", UriKind.Relative));
        Assert.Equal(426, (int)plain.StatusCode);
    }

    [Fact]
    public async Task Watch_Slowly_IsAFreshPictureInsteadOfWhatCameBetween()
    {
        var execution = await RunAsync("""{"command":"read line; seq 100000 140000; sleep 60"}""");
        var got = new List<AlisMessage>();
        var (stuck, release, told) = (new TaskCompletionSource(), new TaskCompletionSource(), new TaskCompletionSource());
        var clock = new MovedTicks();
        var views = ActivatorUtilities.CreateInstance<LiveViews>(world.Services, clock);
        var viewer = new LiveViewer(views, new("dev", "s1"), execution, null, _ => Task.FromResult(true), async (message, _) =>
        {
            var read = AlisMessage.Read(message.Span);
            lock (got) got.Add(read);
            if (read.Text.Contains("140000", StringComparison.Ordinal)) told.TrySetResult();
            if (read.Type != 'o' || !stuck.TrySetResult()) return;
            await release.Task;
            clock.Advance(TimeSpan.FromSeconds(2));
        });
        var running = viewer.RunAsync(CancellationToken.None);
        await CommandAsync($$"""{"type":"tool.input","executionId":"{{execution}}","data":"go\n"}""");
        await stuck.Task.WaitAsync(World.Patience);
        using (var fast = await WatchAsync(execution)) await fast.UntilAsync("140000");

        release.SetResult();
        await CommandAsync($$"""{"type":"tool.cancel","executionId":"{{execution}}"}""");
        Assert.Equal(LiveClose.Ended, (await running.WaitAsync(World.Patience)).Code);

        await told.Task.WaitAsync(World.Patience);
        Assert.Equal(2, got.Count(message => message.Type == AlisMessage.Begin));
        Assert.True(got.Sum(message => message.Text.Length) < 150_000, "What came between was sent all the same.");
    }

    [Fact]
    public async Task Shared_LiveUntilRevoked_IsRedacted()
    {
        var execution = await RunAsync("""{"command":"read line; echo ghp_0123456789abcdefghijABCDEFGHIJ; printf 'PASSWORD=let'; sleep 0.2; echo mein; echo END-OF-IT; read line"}""");
        using var made = await http.SendAsync(HttpCaller.Post("/v1/sessions/s1/shares", $$"""{"execution":"{{execution}}"}"""));
        var json = await made.Content.ReadFromJsonAsync<JsonElement>();
        var path = $"/v1/shared/{json.GetProperty("token").GetString()}/live";

        using var viewing = await LiveViewing.OpenAsync(world.Address, path);
        await viewing.NextAsync();
        using (var second = await LiveViewing.OpenAsync(world.Address, path))
        {
            Assert.Null(await second.NextAsync());
            Assert.Equal(1013, second.Closed.Code);
        }

        await CommandAsync($$"""{"type":"tool.input","executionId":"{{execution}}","data":"go\n"}""");
        var text = string.Concat((await viewing.UntilAsync("END-OF-IT")).Select(message => message.Text));
        Assert.Equal(3, text.Split("[redacted]").Length);
        Assert.DoesNotMatch("0123456789|let|mein", text);

        using var revoked = await http.DeleteAsync(new Uri($"/v1/sessions/s1/shares/{json.GetProperty("share").GetProperty("shareId").GetString()}", UriKind.Relative));
        await viewing.RestAsync();
        Assert.Equal((4040, "The link has ended"), viewing.Closed);
    }

    [Fact]
    public async Task Shared_FixedRange_IsNotLive()
    {
        var execution = await RunAsync("""{"command":"echo done"}""", "shell");
        using (var first = await WatchAsync(execution)) await first.RestAsync();
        using var made = await http.SendAsync(HttpCaller.Post("/v1/sessions/s1/shares", "{}"));
        var token = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("token").GetString();

        using var viewing = await LiveViewing.OpenAsync(world.Address, $"/v1/shared/{token}/live?execution={execution}");

        Assert.Null(await viewing.NextAsync());
        Assert.Equal(4040, viewing.Closed.Code);
    }

    private Task<LiveViewing> WatchAsync(string execution, params string[] protocols) => LiveViewing.OpenAsync(world.Address, $"/v1/sessions/s1/executions/{execution}/live", protocols);

    private async Task<string> RunAsync(string arguments, string tool = "terminal")
    {
        using var run = await http.SendAsync(HttpCaller.Post("/v1/sessions/s1/commands", $$"""{"type":"tools.run","calls":[{"tool":"{{tool}}","arguments":{{arguments}}}]}"""));
        var json = await run.Content.ReadFromJsonAsync<JsonElement>();
        Assert.True(run.IsSuccessStatusCode, json.GetRawText());
        return json.GetProperty("executionIds")[0].GetString()!;
    }

    /// <summary>What is typed or resized waits until the terminal is there.</summary>
    private Task CommandAsync(string command) => WireAssert.EventuallyAsync(async () =>
    {
        using var answer = await http.SendAsync(HttpCaller.Post("/v1/sessions/s1/commands", command));
        return answer.IsSuccessStatusCode;
    });
}
