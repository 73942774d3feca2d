// Charts of long series.
export {default} from 'uplot';
