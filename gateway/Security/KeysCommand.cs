using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using ToolRuntime.CommandLine;
using ToolRuntime.Limiting;

namespace ToolRuntime.Gateway.Security;

/// <summary><c>keys new</c>: makes a key, prints it once, and prints the entry that lets it in.</summary>
internal static class KeysCommand
{
    public const string Usage =
        """
        keys new --tenant <tenant> --subject <subject> [--id <id>] [--scopes <scope,..>] [--expires <time>]

        Makes a key, prints it, and prints its entry for ToolRuntime:Access:Keys, which holds only its hash.
        """;

    private static readonly string[] Help = ["--help", "-h", "-?"];
    private static readonly string[] Known = ["tenant", "subject", "id", "scopes", "expires"];
    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Runs the command; gives the exit code.</summary>
    public static int Run(ReadOnlySpan<string> arguments, TextWriter output, TextWriter errors)
    {
        if (arguments.ContainsAny(Help) || arguments is [] or ["help"])
        {
            output.WriteLine(Usage);
            return 0;
        }

        if (arguments is not ["new", .. var rest]) return Fail(errors, $"Unknown command 'keys {arguments[0]}'. Did you mean keys new?{Environment.NewLine}{Usage}");
        if (Fault(rest, out var options) is { } fault) return Fail(errors, $"{fault}{Environment.NewLine}{Usage}");
        var key = new KeyOptions
        {
            Id = options.GetValueOrDefault("id") ?? $"{options.GetValueOrDefault("subject")}-{Random.Shared.Next(0x10000):x4}",
            Tenant = options.GetValueOrDefault("tenant"),
            Subject = options.GetValueOrDefault("subject"),
            Scopes = options.GetValueOrDefault("scopes")?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
            ExpiresAt = options.GetValueOrDefault("expires"),
        };
        var token = KeyToken.New(key.Id);
        key.Hash = KeyToken.Describe(token);
        var (_, problems) = KeyTable.Build(new() { Keys = { key } }, new(new MemoryRateLimits(), new MemoryUseLimits()), TimeProvider.System);
        if (problems.Count > 0) return Fail(errors, string.Join(Environment.NewLine, problems) + Environment.NewLine + Usage);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Key, shown only now:{Environment.NewLine}{Environment.NewLine}  {token}{Environment.NewLine}{Environment.NewLine}Configuration (add to the list in a file that ToolRuntime:Access:File names, or to appsettings.json):{Environment.NewLine}"));
        output.WriteLine(Describe(key));
        return 0;
    }

    private static int Fail(TextWriter errors, string text)
    {
        errors.WriteLine(text);
        return 1;
    }

    /// <summary>Reads the options; what is wrong with them, or null.</summary>
    private static string? Fault(ReadOnlySpan<string> arguments, out Dictionary<string, string> options)
    {
        options = new(StringComparer.Ordinal);
        for (var i = 0; i < arguments.Length; i += 2)
        {
            var name = arguments[i].StartsWith("--", StringComparison.Ordinal) ? arguments[i][2..] : "";
            if (!Known.Contains(name)) return $"Unknown option '{arguments[i]}'.{(NearestName.Of(arguments[i], Known) is { } nearest ? $" Did you mean --{nearest}?" : "")}";
            if (i + 1 == arguments.Length || arguments[i + 1].StartsWith("--", StringComparison.Ordinal)) return $"The option --{name} needs a value.";
            options[name] = arguments[i + 1];
        }

        return !options.ContainsKey("tenant") ? "The option --tenant is missing." : options.ContainsKey("subject") ? null : "The option --subject is missing.";
    }

    private static string Describe(KeyOptions key)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Indented))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("ToolRuntime");
            writer.WriteStartObject("Access");
            writer.WriteStartArray("Keys");
            WriteKey(writer, key);
            writer.WriteEndArray();
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void WriteKey(Utf8JsonWriter writer, KeyOptions key)
    {
        writer.WriteStartObject();
        writer.WriteString("Id", key.Id);
        writer.WriteString("Hash", key.Hash);
        writer.WriteString("Tenant", key.Tenant);
        writer.WriteString("Subject", key.Subject);
        if (key.Scopes is { } scopes)
        {
            writer.WriteStartArray("Scopes");
            foreach (var scope in scopes) writer.WriteStringValue(scope);
            writer.WriteEndArray();
        }

        if (key.ExpiresAt is { } expires) writer.WriteString("ExpiresAt", expires);
        writer.WriteEndObject();
    }
}
