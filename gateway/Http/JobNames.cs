using System.Text.Json;
using ToolRuntime.Jobs;

namespace ToolRuntime.Gateway.Http;

/// <summary>States and priorities of jobs as the wire names them.</summary>
internal static class JobNames
{
    private static readonly Dictionary<string, JobState> States = Enum.GetValues<JobState>().ToDictionary(Of, StringComparer.Ordinal);

    public static IEnumerable<string> All => States.Keys;

    public static bool TryRead(string name, out JobState state) => States.TryGetValue(name, out state);

    public static string Of<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
