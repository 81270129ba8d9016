using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace FaceGrid.Gateway;

/// <summary>Checks the options at start, the keys in the list included, and reports every mistake at once.</summary>
internal sealed class GatewayOptionsValidator : IValidateOptions<GatewayOptions>
{
    public ValidateOptionsResult Validate(string? name, GatewayOptions options)
    {
        var mistakes = new List<string>();
        Check(options, GatewayOptions.Section, mistakes);
        for (int i = 0; i < options.ApiKeys.Count; i++)
        {
            Check(options.ApiKeys[i], $"{GatewayOptions.Section}:ApiKeys:{i}", mistakes);
        }

        return mistakes.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(mistakes);
    }

    private static void Check(object part, string path, List<string> mistakes)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(part, new ValidationContext(part), results, validateAllProperties: true);
        mistakes.AddRange(results.Select(result => $"{path}: {result.ErrorMessage}"));
    }
}
