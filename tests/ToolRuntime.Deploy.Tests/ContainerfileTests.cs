using System.Text.Json;
using System.Text.RegularExpressions;
using ToolRuntime.Deploy.Tests.Support;

namespace ToolRuntime.Deploy.Tests;

/// <summary>The container file against the programs in it.</summary>
public sealed partial class ContainerfileTests
{
    private static readonly Containerfile File = Containerfile.Read();

    public static TheoryData<string> Stages => new(Manifests.Programs);

    [Fact]
    public void Bases_ArePinnedArguments()
    {
        Assert.All(File.Arguments.Values, image => Assert.Matches(PinnedImage(), image));
        Assert.All(File.Stages, stage => Assert.Contains(stage.Base, File.Arguments.Keys.Select(argument => $"${{{argument}}}")));
        var copies = File.Stages.SelectMany(stage => stage.Instructions).Where(one => one.Name == "COPY").Select(one => one.Text);
        Assert.All(
            copies.Where(copy => copy.StartsWith("--from=", StringComparison.Ordinal)),
            copy => Assert.Contains(File.Stages, stage => copy.StartsWith($"--from={stage.Name} ", StringComparison.Ordinal)));
    }

    [Fact]
    public void Sdk_IsOneThatTheRepositoryTakes()
    {
        using var global = JsonDocument.Parse(System.IO.File.ReadAllText(Repository.Path("global.json")));
        var wanted = Version.Parse(global.RootElement.GetProperty("sdk").GetProperty("version").GetString()!);
        var sdk = Version.Parse(Number().Match(File.Arguments["SDK_IMAGE"]).Value);
        var runtime = Version.Parse(Number().Match(File.Arguments["RUNTIME_IMAGE"]).Value);

        Assert.True(sdk >= wanted && sdk.Major == wanted.Major);
        Assert.Equal((Environment.Version.Major, Environment.Version.Minor), (runtime.Major, runtime.Minor));
    }

    [Theory, MemberData(nameof(Stages))]
    public async Task Stage_RunsItsProgramWithoutRights(string program)
    {
        var stage = File.Stage(program);

        Assert.Equal("$APP_UID", stage.Last("USER"));
        Assert.Equal(["/usr/bin/tini", "--"], stage.Json("ENTRYPOINT"));
        Assert.Equal(["dotnet", $"ToolRuntime.{char.ToUpperInvariant(program[0])}{program[1..]}.dll"], stage.Json("CMD"));
        Assert.Equal([], Programs.Unread(program, stage.Environment.Keys));
        var url = new Uri(stage.Environment[program == "silo" ? "DOTNET_URLS" : "ASPNETCORE_URLS"].Replace('*', 'x'));
        Assert.Equal(["health", $"{url.Port}"], stage.Json("HEALTHCHECK"));
        Assert.Contains($"{url.Port}", stage.Words("EXPOSE"));
        Assert.Contains("${2:-/healthz}", System.IO.File.ReadAllText(Repository.Deploy("health")), StringComparison.Ordinal);
        Assert.Contains("/healthz", await Programs.ServedAsync(program));
    }

    [Fact]
    public void Secrets_AreInNoLayer() => Assert.DoesNotContain(
        File.Stages.SelectMany(stage => stage.Instructions), one => one.Name is "ARG" or "ENV" && SecretName().IsMatch(one.Text));

    [GeneratedRegex(@"^[a-z0-9./-]+:\d+\.\d+\.\d+-[a-z-]+$")]
    private static partial Regex PinnedImage();

    [GeneratedRegex(@"\d+\.\d+\.\d+")]
    private static partial Regex Number();

    [GeneratedRegex("KEY|TOKEN|SECRET|PASSWORD", RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();
}
