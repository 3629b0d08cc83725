using System.Globalization;

namespace ToolRuntime.Gateway.Http;

/// <summary>Reads parameters of addresses.</summary>
internal static class HttpQuery
{
    /// <summary>The parameter <c>limit</c>; false if it is no number from 1 to <paramref name="most"/>.</summary>
    public static bool TryReadLimit(HttpRequest request, int usual, int most, out int limit)
    {
        limit = usual;
        return !request.Query.TryGetValue("limit", out var text)
            || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit > 0 && limit <= most);
    }

    public static Rejection BadLimit(int most) => new(ErrorCode.InvalidCommand, $"limit is no number from 1 to {most}.");
}
