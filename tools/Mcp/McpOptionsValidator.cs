using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace ToolRuntime.Tools.Mcp;

/// <summary>Refuses servers that can't be meant so. Messages name the setting, never its value.</summary>
internal sealed partial class McpOptionsValidator : IValidateOptions<McpOptions>
{
    public ValidateOptionsResult Validate(string? name, McpOptions options)
    {
        var problems = options.Servers.SelectMany(server => Problems(server.Key, server.Value).Select(problem => $"ToolRuntime:Mcp:Servers:{server.Key}: {problem}")).ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static IEnumerable<string> Problems(string name, McpServerOptions server)
    {
        if (!ServerName().IsMatch(name) || name.Length > McpToolNames.MaxServer
            || name.Contains(McpToolNames.Separator, StringComparison.Ordinal))
        {
            yield return $"a name has up to {McpToolNames.MaxServer} letters, digits, '.', '-' and single '_', and begins and ends with a letter or digit.";
        }

        if (string.IsNullOrWhiteSpace(server.Command) == server.Url is null) yield return "it needs either Command or Url.";
        if (server.Url is { } url && (!url.IsAbsoluteUri || url.Scheme is not ("http" or "https")))
        {
            yield return "Url must be an absolute http or https address.";
        }

        foreach (var variable in server.Environment.Keys.Concat(server.PassEnvironment).Where(
            variable => !VariableName().IsMatch(variable)))
        {
            yield return $"'{variable}' can't be the name of a variable.";
        }

        foreach (var (header, value) in server.Headers)
        {
            using var request = new HttpRequestMessage();
            if (!HeaderName().IsMatch(header) || !request.Headers.TryAddWithoutValidation(header, value)
                || value.AsSpan().ContainsAny('\r', '\n'))
            {
                yield return $"'{header}' can't be a header of a request, or its value can't.";
            }
        }

        foreach (var problem in Ranges(server, "")) yield return problem;
        foreach (var problem in server.Tools.SelectMany(tool => Ranges(tool.Value, $"Tools:{tool.Key}: "))) yield return problem;
    }

    private static IEnumerable<string> Ranges(object options, string prefix)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new(options), results, validateAllProperties: true);
        return results.Select(result => prefix + result.ErrorMessage);
    }

    [GeneratedRegex("^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$", RegexOptions.CultureInvariant)]
    private static partial Regex ServerName();

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_.-]*$", RegexOptions.CultureInvariant)]
    private static partial Regex VariableName();

    [GeneratedRegex("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$", RegexOptions.CultureInvariant)]
    private static partial Regex HeaderName();
}
