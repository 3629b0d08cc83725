using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using ToolRuntime.Deploy.Tests.Support;

namespace ToolRuntime.Deploy.Tests;

/// <summary>A file of keys that Kubernetes has mounted from a secret, and changes as it does: by a link.</summary>
public sealed partial class KeyRotationTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("toolruntime-keys-");

    private static string Gateway { get; } = Path.Combine(
        new DirectoryInfo(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)).Parent!.Parent!.FullName,
        "ToolRuntime.Gateway", new DirectoryInfo(AppContext.BaseDirectory).Name, "ToolRuntime.Gateway.dll");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task Secret_Changed_CountsWithoutARestart()
    {
        var (one, two) = (await MakeAsync("one"), await MakeAsync("two"));
        Point("..one");
        File.CreateSymbolicLink(In("keys.json"), Path.Combine("..data", "keys.json"));
        var variable = Manifests.Container("gateway").Env.Single(env => env.Name == "DOTNET_USE_POLLING_FILE_WATCHER");
        var start = Start(
            "--urls", "http://127.0.0.1:0", "--ToolRuntime:Access:File", In("keys.json"), "--ToolRuntime:Data:Path", folder.CreateSubdirectory("data").FullName);
        start.Environment[variable.Name] = variable.Value;
        using var gateway = Process.Start(start)!;
        try
        {
            using var http = new HttpClient { BaseAddress = await AddressAsync(gateway), Timeout = Patience };
            Assert.Equal(HttpStatusCode.OK, await AskAsync(http, one));
            Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(http, two));

            Point("..two");

            using var limit = new CancellationTokenSource(Patience);
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
            while (await AskAsync(http, two) != HttpStatusCode.OK) await timer.WaitForNextTickAsync(limit.Token);
            Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(http, one));
        }
        finally
        {
            gateway.Kill();
            await gateway.WaitForExitAsync();
        }
    }

    /// <summary>Makes a key and a file with its entry; gives the key.</summary>
    private async Task<string> MakeAsync(string id)
    {
        using var maker = Process.Start(Start("keys", "new", "--tenant", "acme", "--subject", "ann", "--id", id))!;
        var said = await maker.StandardOutput.ReadToEndAsync();
        await maker.WaitForExitAsync();
        await File.WriteAllTextAsync(Path.Combine(folder.CreateSubdirectory($"..{id}").FullName, "keys.json"), said[said.IndexOf('{', StringComparison.Ordinal)..]);
        return Key().Match(said).Value;
    }

    /// <summary>As the kubelet does: another link, put in the place of the one there.</summary>
    private void Point(string version)
    {
        File.CreateSymbolicLink(In("..data_tmp"), version);
        using var move = Process.Start("mv", ["-T", In("..data_tmp"), In("..data")]); // .NET moves no link to a folder over another one
        move.WaitForExit();
    }

    private string In(string name) => Path.Combine(folder.FullName, name);

    private static ProcessStartInfo Start(params string[] arguments) => new("dotnet", [Gateway, .. arguments]) { RedirectStandardOutput = true };

    private static async Task<Uri> AddressAsync(Process gateway)
    {
        while (await gateway.StandardOutput.ReadLineAsync().WaitAsync(Patience) is { } line)
        {
            if (Banner().Match(line) is { Success: true } at) return new(at.Groups[1].Value);
        }

        throw new InvalidOperationException("The gateway has ended.");
    }

    private static async Task<HttpStatusCode> AskAsync(HttpClient http, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/tools");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var answer = await http.SendAsync(request);
        return answer.StatusCode;
    }

    [GeneratedRegex("trk\\.[A-Za-z0-9._-]+")]
    private static partial Regex Key();

    [GeneratedRegex("Listening on (http://\\S+)")]
    private static partial Regex Banner();
}
