using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace FaceGrid.Cameras.Rules;

/// <summary>Checks <see cref="RuleOptions"/> at start and reports all mistakes at once.</summary>
internal sealed class RuleOptionsValidator : IValidateOptions<RuleOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, RuleOptions options)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        List<string> mistakes =
            [.. results.Select(result => $"FaceGrid:Rules:{string.Join(", ", result.MemberNames)}: {result.ErrorMessage}")];
        if (options.PublicUrl is { } url && !(Uri.TryCreate(url, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https"))
        {
            mistakes.Add("FaceGrid:Rules:PublicUrl is an address such as https://faces.example.");
        }

        if (options.Mqtt.Address is { } broker && !IsBroker(broker))
        {
            mistakes.Add("FaceGrid:Rules:Mqtt:Address is mqtt://host[:port] or mqtts://host[:port], without user name and password.");
        }

        if (options.Mqtt.CertificateAuthority is { } file && !File.Exists(file))
        {
            mistakes.Add($"FaceGrid:Rules:Mqtt:CertificateAuthority: there is no file {file}.");
        }

        return mistakes.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(mistakes);
    }

    private static bool IsBroker(string broker) => Uri.TryCreate(broker, UriKind.Absolute, out Uri? address)
        && address.Scheme is "mqtt" or "mqtts"
        && address.UserInfo.Length == 0;
}
