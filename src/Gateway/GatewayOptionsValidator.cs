using System.ComponentModel.DataAnnotations;
using FaceGrid.Abstractions.People;
using FaceGrid.Gateway.Security;
using Microsoft.Extensions.Options;

namespace FaceGrid.Gateway;

/// <summary>Checks the options and their API keys at start, and reports all mistakes at once.</summary>
internal sealed class GatewayOptionsValidator : IValidateOptions<GatewayOptions>
{
    public ValidateOptionsResult Validate(string? name, GatewayOptions options)
    {
        var mistakes = new List<string>();
        Check(options, GatewayOptions.Section, mistakes);
        for (int i = 0; i < options.ApiKeys.Count; i++)
        {
            Check(options.ApiKeys[i], $"{GatewayOptions.Section}:ApiKeys:{i}", mistakes);
            CheckReach(options.ApiKeys[i], $"{GatewayOptions.Section}:ApiKeys:{i}", mistakes);
        }

        return mistakes.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(mistakes);
    }

    // A caller that may administer can give a camera any gallery, and can make a rule that reports everybody. So a key with this
    // permission would not be bound to anything.
    private static void CheckReach(ApiKeyOptions key, string path, List<string> mistakes)
    {
        if (key.Galleries.Count + key.Cameras.Count > 0
            && (key.Permissions.Count == 0 || key.Permissions.Contains(KeyPermission.Administer)))
        {
            mistakes.Add($"{path}: a key for certain galleries or cameras needs Permissions, without {nameof(KeyPermission.Administer)}.");
        }

        mistakes.AddRange(
            key.Galleries.Where(id => !Ids.IsPlain(id)).Select(_ => $"{path}:Galleries: a gallery's id is [a-z0-9-]{{1,64}}."));
        mistakes.AddRange(key.Cameras.Where(id => !Ids.IsPlain(id)).Select(_ => $"{path}:Cameras: a camera's id is [a-z0-9-]{{1,64}}."));
        mistakes.AddRange(
            key.Permissions.Where(permission => !Enum.IsDefined(permission))
                .Select(permission => $"{path}:Permissions: there is no permission {permission}."));
    }

    private static void Check(object part, string path, List<string> mistakes)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(part, new ValidationContext(part), results, validateAllProperties: true);
        mistakes.AddRange(results.Select(result => $"{path}: {result.ErrorMessage}"));
    }
}
