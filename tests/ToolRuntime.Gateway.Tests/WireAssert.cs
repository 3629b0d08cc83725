using System.Text.Json;

namespace ToolRuntime.Gateway.Tests;

/// <summary>What tests say often about frames.</summary>
internal static class WireAssert
{
    public static JsonElement Error(JsonElement frame, string code, bool? retryable = null)
    {
        Assert.Equal("error", frame.GetProperty("type").GetString());
        var error = frame.GetProperty("error");
        Assert.Equal(code, error.GetProperty("code").GetString());
        if (retryable is { } expected) Assert.Equal(expected, error.GetProperty("retryable").GetBoolean());
        Assert.False(string.IsNullOrWhiteSpace(error.GetProperty("message").GetString()));
        return error;
    }

    public static JsonElement Ack(JsonElement frame)
    {
        Assert.Equal("ack", frame.GetProperty("type").GetString());
        return frame.GetProperty("result");
    }

    public static long Seq(JsonElement @event) => @event.GetProperty("seq").GetInt64();

    /// <summary>Asks until it has come to pass.</summary>
    public static async Task EventuallyAsync(Func<Task<bool>> condition)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await condition()) Assert.True(TimeProvider.System.GetElapsedTime(began) < World.Patience, "It did not come to pass in time.");
    }

    /// <summary>Waits for something that no frame tells.</summary>
    public static async Task EventuallyAsync(Func<bool> condition)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < World.Patience, "It did not come to pass in time.");
            await Task.Yield();
        }
    }
}
