using System.ComponentModel.DataAnnotations;

namespace FaceGrid.Vision;

/// <summary>Checks indices of GPUs: 0 to 63, each at most once.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class DeviceIndicesAttribute() : ValidationAttribute("Devices must be indices from 0 to 63, each at most once.")
{
    /// <inheritdoc/>
    public override bool IsValid(object? value) =>
        value is not IEnumerable<int> devices
            || (devices.All(device => device is >= 0 and <= 63) && devices.Distinct().Count() == devices.Count());
}
