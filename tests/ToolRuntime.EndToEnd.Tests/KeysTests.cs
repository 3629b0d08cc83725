using System.Net;
using ToolRuntime.EndToEnd.Tests.Support;

namespace ToolRuntime.EndToEnd.Tests;

/// <summary>An operator makes a key, lets it in, and takes it away.</summary>
public sealed class KeysTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("toolruntime-e2e-");

    [Fact]
    public async Task KeysNew_EntryInTheFile_LetsTheKeyInUntilItIsTakenOut()
    {
        var (token, entry) = await NewKeyAsync();
        var file = Write(entry);
        await using var server = GatewayProcess.Launch("--urls", "http://127.0.0.1:0", "--ToolRuntime:Data:Path", Path.Combine(folder.FullName, "data"), "--ToolRuntime:Access:File", file);
        using var http = new HttpClient { BaseAddress = await server.Listening, Timeout = Limits.Timeout };

        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync(http));
        http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        Assert.Equal(HttpStatusCode.OK, await GetAsync(http));
        Write("{}");
        using var patience = new CancellationTokenSource(Limits.Timeout);
        while (await GetAsync(http) != HttpStatusCode.Unauthorized) patience.Token.ThrowIfCancellationRequested();
        Assert.DoesNotContain(token[^43..], server.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{", "can't be used")]
    [InlineData("""{"ToolRuntime":{"Access":{"Keys":[{"Id":"a","Tenant":"t","Subject":"s","Hash":"sha256:12"}]}}}""", "Hash must be")]
    [InlineData("""{"Keys":[{"Id":"a"}]}""", "holds no key")]
    public async Task Start_FileWithAMistake_FailsInALineThatNamesIt(string json, string problem)
    {
        await using var refused = GatewayProcess.Launch("--urls", "http://127.0.0.1:0", "--ToolRuntime:Data:Path", Path.Combine(folder.FullName, "data"), "--ToolRuntime:Access:File", Write(json));

        Assert.Equal(1, await refused.Exited);
        await Assert.ThrowsAsync<InvalidOperationException>(() => refused.Listening);
        Assert.Contains(problem, refused.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", refused.Output, StringComparison.Ordinal);
    }

    public void Dispose() => folder.Delete(recursive: true);

    private static async Task<HttpStatusCode> GetAsync(HttpClient http) => (await http.GetAsync(new Uri("/v1/sessions", UriKind.Relative))).StatusCode;

    private static async Task<(string Token, string Entry)> NewKeyAsync()
    {
        await using var command = GatewayProcess.Launch("keys", "new", "--tenant", "acme", "--subject", "ann");
        Assert.Equal(0, await command.Exited);
        var output = (await Assert.ThrowsAsync<InvalidOperationException>(() => command.Listening), command.Output).Output;
        return (output.Split('\n').Select(line => line.Trim()).Single(line => line.StartsWith("trk.", StringComparison.Ordinal)), output[output.IndexOf('{', StringComparison.Ordinal)..]);
    }

    private string Write(string json)
    {
        var path = Path.Combine(folder.FullName, "keys.json");
        File.WriteAllText(path, json);
        return path;
    }
}
