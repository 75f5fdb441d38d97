/** The layer, the resolution, and whether patches are smooth, for every tab. */
import type { App } from '../app.ts';
import { CheckField, SelectField } from './controls.ts';
import { byId } from './make.ts';

/** Keeps the resolutions on offer as the model is. */
export function showViewControls(app: App): void {
  const resolution = new SelectField('Resolution', [], (value) => {
    app.view.side = Number(value);
  });
  const layer = new SelectField('Layer', [], (value) => {
    app.view.layer = Number(value);
  });
  const smooth = new CheckField('Smooth', (isOn) => {
    app.view.smooth = isOn;
    document.body.classList.toggle('smooth', isOn);
  });
  byId('view').append(layer.element, resolution.element, smooth.element);
  let model = app.models.facts;
  app.models.addEventListener('change', () => {
    const { facts } = app.models;
    if (facts === undefined || facts === model) return;
    model = facts;
    resolution.choices = app.view.resolutionsOf(facts);
    layer.choices = app.view.layersOf(facts);
  });
}
