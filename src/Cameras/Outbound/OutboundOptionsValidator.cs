using Microsoft.Extensions.Options;

namespace FaceGrid.Cameras.Outbound;

/// <summary>Checks <see cref="OutboundOptions"/> at start and reports all mistakes at once.</summary>
internal sealed class OutboundOptionsValidator : IValidateOptions<OutboundOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, OutboundOptions options)
    {
        string[] mistakes = [.. options.Allow.Where(entry => AddressRange.Parse(entry) is null)
            .Select(entry => $"FaceGrid:Outbound:Allow has '{entry}'; allowed are public, private, loopback, link-local, "
                + "networks such as 10.20.0.0/16 (without bits behind the prefix) and IP addresses.")];
        return mistakes.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(mistakes);
    }
}
