using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using ToolRuntime.CommandLine;
using ToolRuntime.Gateway.CommandLine;
using ToolRuntime.Gateway.Security;

namespace ToolRuntime.Gateway.Tests.CommandLine;

public sealed partial class ArgumentsTests
{
    /// <summary>Options that are nobody's section: what code gives, and not configuration.</summary>
    private static readonly string[] InCode =
        ["ToolFunctionOptions", "LiveStreamOptions", "SqliteOptions", "CookieSecretOptions", "McpServerOptions", "McpToolOptions", "NamedModelOptions", "KeyOptions", "IssuerOptions", "LimitOptions"];

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("help")]
    [InlineData("--urls", "http://localhost:1", "--help")]
    [InlineData("--nonsense", "--help")]
    public void Answer_Help_PrintsEverySettingAndStartsNothing(params string[] arguments)
    {
        var (code, output, errors) = Run(arguments);

        Assert.Equal((0, ""), (code, errors));
        foreach (var setting in Settings.All.Where(setting => !setting.Name.StartsWith("ToolRuntime:Models:Anthropic", StringComparison.Ordinal) && !setting.Name.StartsWith("ToolRuntime:Models:Gemini", StringComparison.Ordinal)))
        {
            Assert.Contains($"  --{setting.Name} ", output, StringComparison.Ordinal);
        }

        Assert.Contains("--urls", output, StringComparison.Ordinal);
        Assert.Contains("OPENAI_API_KEY", output, StringComparison.Ordinal);
        Assert.Contains("ToolRuntime__Data__Path", output, StringComparison.Ordinal);
        Assert.Contains(KeysCommand.Usage, output, StringComparison.Ordinal);
    }

    [Fact]
    public void Answer_Help_SaysDefaultsAndMeanings()
    {
        var output = Run("--help").Output;

        Assert.Contains($"--ToolRuntime:Batches:MaxWait 00:05:00{Environment.NewLine}      Deadline of a batch that names none", output, StringComparison.Ordinal);
        Assert.Contains($"--ToolRuntime:Data:Path data{Environment.NewLine}      The data folder", output, StringComparison.Ordinal);
        var meanings = new Meanings();
        Assert.All(Settings.All, setting => Assert.True(meanings.Of(setting.Property).Length > 0, $"{setting.Name} has no meaning."));
    }

    [Theory]
    [InlineData]
    [InlineData("--urls", "http://127.0.0.1:0", "--ToolRuntime:Data:Path", "/tmp/x")]
    [InlineData("--urls=http://127.0.0.1:0")]
    [InlineData("/urls", "http://127.0.0.1:0")]
    [InlineData("urls=http://127.0.0.1:0")]
    [InlineData("--TOOLRUNTIME:data:path", "x")]
    [InlineData("--ToolRuntime:Mcp:Servers:every:Environment:SOME_KEY", "x")]
    [InlineData("--ToolRuntime:Mcp:Servers:every:Tools:a-b:Idempotent", "true")]
    [InlineData("--ToolRuntime:Mcp:Servers:every:Arguments:0", "x")]
    [InlineData("--ToolRuntime:Mcp:Servers:every:Arguments:1", "--stdio")]
    [InlineData("--ToolRuntime:Tools:web_scrape:BreakerMinimumCalls=3")]
    [InlineData("--ToolRuntime:Access:Keys:0:Limits:Connections", "1")]
    [InlineData("--ToolRuntime:Access:Keys:0:Scopes:1", "tools:run")]
    [InlineData("--ToolRuntime:Models:Named:fast:Provider", "openai")]
    [InlineData("--ToolRuntime:Models:Gemini:BaseUrl", "http://localhost")]
    [InlineData("--ToolRuntime:Models:OpenAI:Temperature", "-1")]
    [InlineData("--OPENAI_API_KEY", "x")]
    [InlineData("--Logging:LogLevel:Default", "Debug")]
    [InlineData("--Kestrel:Endpoints:Https:Url", "https://localhost:1")]
    public void Answer_OptionsThatThereAre_LetsTheServerStart(params string[] arguments) => Assert.Equal((null, "", ""), Run(arguments));

    [Theory]
    [InlineData("--ToolRuntime:Data:Pth x", "Unknown option '--ToolRuntime:Data:Pth'. Did you mean --ToolRuntime:Data:Path?")]
    [InlineData("--ToolRuntime:Batches:MaxParalel=4", "Did you mean --ToolRuntime:Batches:MaxParallel?")]
    [InlineData("--ToolRuntime:Mcp:Servers:x:Comand y", "Did you mean --ToolRuntime:Mcp:Servers:<name>:Command?")]
    [InlineData("--data x", "Did you mean --ToolRuntime:Data:Path?")]
    [InlineData("--data-path x", "Did you mean --ToolRuntime:Data:Path?")]
    [InlineData("--Batches:MaxWait 1", "Did you mean --ToolRuntime:Batches:MaxWait?")]
    [InlineData("--url x", "Did you mean --urls ")]
    [InlineData("--port 9000", "--urls http://localhost:8080")]
    [InlineData("-p 9000", "--urls http://localhost:8080")]
    [InlineData("--OPENAI_APIKEY x", "Did you mean --OPENAI_API_KEY?")]
    [InlineData("--xyzzy 1", "Unknown option '--xyzzy'. --help lists")]
    [InlineData("--verbose", "Unknown option '--verbose'.")]
    [InlineData("--ToolRuntime:Data x", "Unknown option '--ToolRuntime:Data'.")]
    [InlineData("--urls", "'--urls' needs a value")]
    [InlineData("--urls --ToolRuntime:Data:Path x", "'--urls' needs a value")]
    [InlineData("serve", "'serve' is no option and no command")]
    public void Answer_WhatNothingReads_IsRefusedWithAHint(string line, string said)
    {
        var (code, output, errors) = Run(line.Split(' '));

        Assert.Equal((1, ""), (code, output));
        Assert.Contains(said, errors, StringComparison.Ordinal);
        Assert.Contains("--help", errors, StringComparison.Ordinal);
        Assert.Single(errors.TrimEnd().Split('\n'));
    }

    [Fact]
    public void Sections_EveryOptionsType_IsAmongThem()
    {
        var listed = Settings.Sections.Select(section => section.Options).ToHashSet();
        var all = listed.Select(type => type.Assembly).Distinct().SelectMany(assembly => assembly.GetTypes())
            .Where(type => type is { IsAbstract: false, IsInterface: false } && type.Name.EndsWith("Options", StringComparison.Ordinal) && type.Name.Length > "Options".Length
                && type.Namespace?.StartsWith("ToolRuntime", StringComparison.Ordinal) == true && !InCode.Contains(type.Name));

        Assert.Empty(all.Where(type => !listed.Contains(type)).Select(type => type.FullName));
    }

    [Fact]
    public void Readme_EverySettingInItsTable_IsKnown()
    {
        var names = NameInTable().Matches(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "README.md"))).Select(match => match.Groups[1].Value).ToList();

        Assert.True(names.Count > 15);
        Assert.All(names, name => Assert.True(Settings.All.Any(setting => setting.Name == name || setting.Name.StartsWith($"{name}:", StringComparison.Ordinal) || setting.Matches(Filled(name))), name));
    }

    [Fact]
    public void Find_MisspeltSettingOfTheEnvironment_IsNamed()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
            [new("ToolRuntime:Data:Path", "x"), new("ToolRuntime:Data:Pth", "x"), new("ToolRuntime:Mcp:Servers:a:Headers:X-Y", "z"), new("Other:Thing", "x")]).Build();

        Assert.Equal(["ToolRuntime:Data:Pth"], UnreadSettings.Find(configuration, Settings.Known));
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("help")]
    [InlineData("new", "--help")]
    public void Keys_Help_PrintsHow(params string[] arguments)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();

        Assert.Equal(0, KeysCommand.Run(arguments, output, errors));

        Assert.Contains("keys new --tenant", output.ToString(), StringComparison.Ordinal);
        Assert.Empty(errors.ToString());
    }

    [Theory]
    [InlineData("new --tenant a --subject b --scope x", "Unknown option '--scope'. Did you mean --scopes?")]
    [InlineData("new --tenat a --subject b", "Unknown option '--tenat'. Did you mean --tenant?")]
    [InlineData("new --tenant a", "--subject is missing")]
    [InlineData("new --subject a", "--tenant is missing")]
    [InlineData("new --tenant --subject b", "--tenant needs a value")]
    [InlineData("list", "Unknown command 'keys list'. Did you mean keys new?")]
    public void Keys_WrongArguments_NamesWhatIsWrong(string line, string said)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();

        Assert.Equal(1, KeysCommand.Run(line.Split(' '), output, errors));

        Assert.Contains(said, errors.ToString(), StringComparison.Ordinal);
        Assert.Empty(output.ToString());
    }

    private static string Filled(string name) => name.Replace("{name}", "x", StringComparison.Ordinal);

    private static (int? Code, string Output, string Errors) Run(params string[] arguments)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var code = Arguments.Answer(arguments, output, errors);
        return (code, output.ToString(), errors.ToString());
    }

    [GeneratedRegex(@"^\| `(ToolRuntime:[A-Za-z:{}]+[A-Za-z}])`", RegexOptions.Multiline)]
    private static partial Regex NameInTable();
}
