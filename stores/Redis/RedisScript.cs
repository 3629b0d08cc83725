using System.Security.Cryptography;
using System.Text;
using StackExchange.Redis;

namespace ToolRuntime.Stores.Redis;

/// <summary>A script, a file each under a folder <c>Scripts</c>; called by its hash, loaded again where a server does not know it.</summary>
internal class RedisScript
{
    protected RedisScript(string text)
    {
        Text = text;
#pragma warning disable CA5350 // Redis names scripts by their SHA-1.
        Hash = SHA1.HashData(Encoding.UTF8.GetBytes(text));
#pragma warning restore CA5350
    }

    public string Text { get; }

    public byte[] Hash { get; }

    public static RedisScript Of(string name) => new(Resource(name));

    public async Task<RedisResult> EvaluateAsync(
        IDatabase database, RedisKey[] keys, RedisValue[] values, CommandFlags flags = CommandFlags.None)
    {
        try
        {
            return await database.ScriptEvaluateAsync(Hash, keys, values, flags).ConfigureAwait(false);
        }
        catch (RedisServerException e) when (RedisFaults.IsUnknownScript(e))
        {
            // Nothing was run. EVAL makes the server know it from now on.
            return await database.ScriptEvaluateAsync(Text, keys, values, flags | CommandFlags.NoScriptCache).ConfigureAwait(false);
        }
    }

    protected static string Resource(string name)
    {
        using var reader = new StreamReader(typeof(RedisScript).Assembly.GetManifestResourceStream($"{name}.lua")!);
        return reader.ReadToEnd();
    }
}
