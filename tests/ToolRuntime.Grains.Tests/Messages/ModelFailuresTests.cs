using ToolRuntime.Messages;
using ToolRuntime.Models;

namespace ToolRuntime.Grains.Tests.Messages;

public sealed class ModelFailuresTests
{
    public static readonly TheoryData<Exception> Transport = [new HttpRequestException("secret"), new IOException("secret"), new TimeoutException("secret")];

    [Theory, MemberData(nameof(Transport))]
    public void Of_TransportError_IsTriedAgainAndRecoverable(Exception exception) =>
        Assert.Equal((new ToolError(ToolErrorCodes.ModelFailed, "The model can't be reached.", true), true), ModelFailures.Of(exception));

    [Fact]
    public void Of_AnythingElse_IsFinalAndRepeatsNothing() =>
        Assert.Equal((new ToolError(ToolErrorCodes.ModelFailed, "The model failed."), false), ModelFailures.Of(new InvalidOperationException("secret")));

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public void Of_ModelException_IsTakenAtItsWord(bool recoverable, bool tryAgain)
    {
        var error = new ToolError(ToolErrorCodes.Temporary, "Busy.", recoverable);

        Assert.Equal((error, tryAgain), ModelFailures.Of(new ModelException(error, tryAgain)));
    }
}
